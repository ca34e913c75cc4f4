package ssainterp

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

func (tr *translator) send(instr *ssa.Send) op {
	c, v := tr.operand(instr.Chan), tr.operand(instr.X)
	return func(fr *frame) { c.typ.value(c.in(fr)).Send(v.typ.value(v.in(fr))) }
}

func (tr *translator) receive(instr *ssa.UnOp, c, dst operand) op {
	elem := newTyp(c.typ.Elem())
	var okAt uintptr
	if instr.CommaOk {
		okAt = dst.typ.Field(1).Offset
	}
	return func(fr *frame) {
		v, ok := c.typ.value(c.in(fr)).Recv()
		to := dst.in(fr)
		elem.value(to).Set(v)
		if instr.CommaOk {
			*(*bool)(unsafe.Add(to, okAt)) = ok
		}
	}
}

func (tr *translator) selects(instr *ssa.Select) op {
	type state struct {
		dir        reflect.SelectDir
		c, v       operand
		elem       *typ
		receivesAt uintptr
	}
	dst := tr.dst(instr)
	field := 2
	var states []state
	for _, s := range instr.States {
		st := state{dir: reflect.SelectRecv, c: tr.operand(s.Chan)}
		if s.Dir == types.SendOnly {
			st.dir, st.v = reflect.SelectSend, tr.operand(s.Send)
		} else {
			st.elem = newTyp(dst.typ.Field(field).Type)
			st.receivesAt = dst.typ.Field(field).Offset
			field++
		}
		states = append(states, st)
	}
	okAt := dst.typ.Field(1).Offset
	return func(fr *frame) {
		cases := make([]reflect.SelectCase, len(states), len(states)+1)
		for i := range states {
			s := &states[i]
			cases[i] = reflect.SelectCase{Dir: s.dir, Chan: s.c.typ.value(s.c.in(fr))}
			if s.dir == reflect.SelectSend {
				cases[i].Send = s.v.typ.value(s.v.in(fr))
			}
		}
		if !instr.Blocking {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
		}
		chosen, v, ok := reflect.Select(cases)
		to := dst.in(fr)
		dst.typ.clear(to)
		if chosen == len(states) {
			chosen = -1
		} else if states[chosen].elem != nil {
			states[chosen].elem.value(unsafe.Add(to, states[chosen].receivesAt)).Set(v)
		}
		*(*int)(to) = chosen
		*(*bool)(unsafe.Add(to, okAt)) = ok
	}
}
