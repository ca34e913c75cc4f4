#include "textflag.h"

// One stub: load the closure into the context register, jump to its code.
// 20 bytes: ADRP, ADD, two loads, a jump.
#define S(i) MOVD $·contexts+(8*(i))(SB), R26 \
	MOVD (R26), R26 \
	MOVD (R26), R16 \
	JMP (R16)
#define S8(i) S(i) \
	S(i+1) \
	S(i+2) \
	S(i+3) \
	S(i+4) \
	S(i+5) \
	S(i+6) \
	S(i+7)
#define S64(i) S8(i) \
	S8(i+8) \
	S8(i+16) \
	S8(i+24) \
	S8(i+32) \
	S8(i+40) \
	S8(i+48) \
	S8(i+56)
#define S512(i) S64(i) \
	S64(i+64) \
	S64(i+128) \
	S64(i+192) \
	S64(i+256) \
	S64(i+320) \
	S64(i+384) \
	S64(i+448)

TEXT ·stubCode(SB), NOSPLIT|NOFRAME, $0
	S512(0)
	S512(512)
	S512(1024)
	S512(1536)
	S512(2048)
	S512(2560)
	S512(3072)
	S512(3584)
	S512(4096)
	S512(4608)
	S512(5120)
	S512(5632)
	S512(6144)
	S512(6656)
	S512(7168)
	S512(7680)

DATA ·stubsAddress(SB)/8, $·stubCode(SB)
GLOBL ·stubsAddress(SB), NOPTR, $8
