#include "textflag.h"

// func stack() (frame *stackFrame, depth, goroutine uintptr)
TEXT ·stack(SB), NOSPLIT|NOFRAME, $0-24
	MOVQ (TLS), AX
	MOVQ 8(AX), CX // g.stack.hi
	MOVQ (BP), DX // the frame at BP is that of the wrapper that Go calls this by
	SUBQ DX, CX
	MOVQ DX, frame+0(FP)
	MOVQ CX, depth+8(FP)
	MOVQ AX, goroutine+16(FP)
	RET
