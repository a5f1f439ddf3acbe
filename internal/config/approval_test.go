package config

import (
	"strings"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/policy"
)

const (
	kmdDoor = "[[listener]]\nname = \"kmd\"\nprotocol = \"kmd\"\n"
	askRule = "[[rule]]\nname = \"r\"\nverdict = \"ask\"\nlisteners = [\"kmd\"]\noperations = [\"sign\"]\nwallets = [\"*\"]\nkeys = [\"*\"]\neffects = [\"move\"]\n"
)

func TestRulesThatAsk(t *testing.T) {
	l, err := load(kmdDoor + askRule + "callers = [\"paired:*\"]\n[approval]\ntimeout = \"90s\"\n")
	if err != nil {
		t.Fatal(err)
	}
	if l.Config.Approval.Timeout.Std() != 90*time.Second {
		t.Errorf("time-out %s", l.Config.Approval.Timeout)
	}
	rules, err := l.Config.PolicyRules()
	if err != nil || len(rules) != 1 || rules[0].Verdict != policy.Ask || len(rules[0].Callers) != 1 {
		t.Errorf("%+v, %v", rules, err)
	}
	if l, err = load(kmdDoor + askRule); err != nil || l.Config.Rules[0].Callers != nil {
		t.Errorf("callers left out: %v", err)
	}
}

func TestApprovalRefusals(t *testing.T) {
	for name, tt := range map[string]struct{ file, text string }{
		"an empty list of callers":  {kmdDoor + askRule + "callers = []\n", "its list of callers is empty"},
		"waits beyond the answer":   {kmdDoor + askRule + "[approval]\ntimeout = \"3m\"\n", "listener[0]: a rule asks for approvals, which may take 3m"},
		"a pattern of the listener": {kmdDoor + strings.Replace(askRule, "\"kmd\"", "\"k*\"", 1) + "[approval]\ntimeout = \"1h\"\n", "write-timeout"},
		"too short":                 {"[approval]\ntimeout = \"100ms\"\n", "it must be 1s to 1h"},
		"too long":                  {"[approval]\ntimeout = \"2h\"\n", "it must be 1s to 1h"},
		"nothing may wait":          {"[approval]\nmax-pending = 0\n", "it must be 1 to 10000"},
	} {
		if _, err := load(tt.file); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), tt.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, file := range []string{
		kmdDoor + strings.Replace(askRule, "ask", "allow", 1) + "[approval]\ntimeout = \"1h\"\n",
		kmdDoor + strings.Replace(askRule, "\"kmd\"", "\"admin\"", 1) + "[approval]\ntimeout = \"1h\"\n",
		kmdDoor + "[listener.limits]\nwrite-timeout = \"10m\"\n" + askRule + "[approval]\ntimeout = \"5m\"\n",
		strings.ReplaceAll(kmdDoor, "kmd", "clef") + strings.Replace(askRule, "kmd", "clef", 1) + "[approval]\ntimeout = \"1h\"\n",
	} {
		if _, err := load(file); err != nil {
			t.Errorf("%v:\n%s", err, file)
		}
	}
}
