package clef

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/api/clef/selector"
	"strongroom/internal/approval"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/server/jsonrpc"
)

// refusing is a gate that signs nothing.
type refusing struct {
	Gate
	err error
}

func (r *refusing) Sign(context.Context, gate.Caller, gate.SignRequest) (gate.Signed, error) {
	return gate.Signed{}, r.err
}

// screen is a UI that remembers what went wrong.
type screen struct {
	UI
	shown []string
}

func (s *screen) ShowError(text string) { s.shown = append(s.shown, text) }

// A person sees why data were not signed, but not what never came before them.
func TestFailuresThatTheUISees(t *testing.T) {
	selectors, err := selector.Open(selector.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		err   error
		shown []string
	}{
		{fault.Denied.New("request denied"), []string{"request denied"}},
		{approval.ErrTimeout, []string{"request timed out"}},
		{fault.Busy.New("too many requests of this caller wait for approval"), nil},
	} {
		ui := &screen{}
		d, err := NewDoor(DoorConfig{
			Listener: "clef", UIListener: "clef-ui", ChainID: 1, Unpaired: ShowUnpaired, UI: ui, Selectors: selectors,
			Deadline: time.Minute, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		}, &refusing{err: test.err})
		if err != nil {
			t.Fatal(err)
		}
		result, err := d.admitted(d.signData)(t.Context(), &jsonrpc.Call{Method: "account_signData", Meta: &jsonrpc.Meta{UID: -1}, Args: []jsontext.Value{
			jsontext.Value(`"text/plain"`), jsontext.Value(`"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"`), jsontext.Value(`"0x68656c6c6f"`),
		}})
		if err != test.err || result != nil || !slices.Equal(ui.shown, test.shown) {
			t.Errorf("%v: %s, %v, shown %q", test.err, result, err, ui.shown)
		}
	}
}
