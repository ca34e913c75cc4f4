// This file lets owner.go declare a function that the runtime has.
