package main

import (
	"testing"

	"strongroom/internal/daemon"
	"strongroom/internal/seal"
)

// Tests seal with a profile that protects nothing; the program must not.
func TestProductionSealing(t *testing.T) {
	env := newEnv(func() {})
	if want := (daemon.Sealing{Limits: seal.Production()}); env.Sealing != want {
		t.Errorf("the program seals with %+v, want %+v", env.Sealing, want)
	}
}

func TestPersonalities(t *testing.T) {
	names := map[string]bool{}
	for _, p := range newEnv(func() {}).Personalities {
		if p.About == "" || p.Main == nil || len(p.Names) == 0 {
			t.Errorf("the personality %v is incomplete", p.Names)
		}
		for _, name := range p.Names {
			if names[name] || name == "strongroom" {
				t.Errorf("the name %s is taken", name)
			}
			names[name] = true
		}
	}
	if !names["kmd"] {
		t.Error("kmd is missing")
	}
}
