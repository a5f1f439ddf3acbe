package fault

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestKindsHaveUniqueNames(t *testing.T) {
	seen := make(map[string]Kind)
	for k := Internal; k <= Canceled; k++ {
		name := k.String()
		if other, twice := seen[name]; twice || name == "" {
			t.Errorf("kinds %d and %d are both called %q", other, k, name)
		}
		seen[name] = k
		if ParseKind(name) != k {
			t.Errorf("%q is read as %v", name, ParseKind(name))
		}
	}
	if Kind(255).String() != Internal.String() || ParseKind("no such kind") != Internal {
		t.Error("what is unknown is not internal")
	}
}

// An error that nobody classified must tell a caller nothing.
func TestUnclassifiedErrorsAreNotShown(t *testing.T) {
	secret := errors.New("open /secret/path: permission denied")
	for _, err := range []error{secret, fmt.Errorf("wrapped: %w", secret), errors.Join(secret)} {
		if KindOf(err) != Internal || Hint(err) != "" || strings.Contains(Text(err), "secret") {
			t.Errorf("%v: kind %v, text %q, hint %q", err, KindOf(err), Text(err), Hint(err))
		}
	}
	if Is(nil, Internal) {
		t.Error("no error is of a kind")
	}
}

func TestTheCauseIsForTheLogOnly(t *testing.T) {
	cause := errors.New("disk sector 7")
	err := fmt.Errorf("rename: %w", Storage.Wrap(cause, "the store cannot be written").WithHint("make %s", "room"))
	if KindOf(err) != Storage || Text(err) != "the store cannot be written" || Hint(err) != "make room" {
		t.Errorf("kind %v, text %q, hint %q", KindOf(err), Text(err), Hint(err))
	}
	if !strings.Contains(err.Error(), "disk sector 7") || !errors.Is(err, cause) {
		t.Errorf("the log does not see the cause: %v", err)
	}
}

// The outermost classification counts: whoever wraps knows more.
func TestTheOutermostKindCounts(t *testing.T) {
	inner := WrongPassword.New("wrong password")
	if err := Corrupt.Wrap(inner, "the file is damaged"); KindOf(err) != Corrupt || Text(err) != "the file is damaged" {
		t.Errorf("kind %v, text %q", KindOf(err), Text(err))
	}
}

func TestWithHintLeavesTheOriginal(t *testing.T) {
	original := Busy.New("busy")
	_ = original.WithHint("later")
	if Hint(original) != "" {
		t.Error("the original has the copy's hint")
	}
}
