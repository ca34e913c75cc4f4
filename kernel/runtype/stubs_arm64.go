package runtype

const stubSize = 20
