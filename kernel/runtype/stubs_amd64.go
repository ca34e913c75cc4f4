package runtype

const stubSize = 9
