#include "textflag.h"

// func stack() (frame *stackFrame, depth, goroutine uintptr)
TEXT ·stack(SB), NOSPLIT|NOFRAME, $0-24
	MOVD 8(g), R0 // g.stack.hi
	MOVD (R29), R1 // the frame at R29 is that of the wrapper that Go calls this by
	SUB  R1, R0
	MOVD R1, frame+0(FP)
	MOVD R0, depth+8(FP)
	MOVD g, goroutine+16(FP)
	RET
