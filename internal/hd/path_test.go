package hd

import (
	"math"
	"slices"
	"strings"
	"testing"

	"strongroom/internal/fault"
)

func TestParsePath(t *testing.T) {
	const h = Hardened
	for _, c := range []struct {
		text  string
		index uint32
		want  Path
		back  string
	}{
		{"m", 5, Path{}, "m"},
		{"m", math.MaxUint32, Path{}, "m"}, // no index in the path
		{"m/0", 0, Path{0}, "m/0"},
		{"m/44'/60'/0'/0/i", 7, Path{44 + h, 60 + h, h, 0, 7}, "m/44'/60'/0'/0/7"},
		{"m/44'/501'/0'/0'/i'", 7, Path{44 + h, 501 + h, h, h, 7 + h}, "m/44'/501'/0'/0'/7'"},
		{"m/44h/501H/i", 2147483647, Path{44 + h, 501 + h, 2147483647}, "m/44'/501'/2147483647"},
		{"m/2147483647'/i'", 2147483647, Path{math.MaxUint32, math.MaxUint32}, "m/2147483647'/2147483647'"},
		{"m/i/i", 3, Path{3, 3}, "m/3/3"},
		{"m/0/1/2/3/4/5/6/7/8/9", 0, Path{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, "m/0/1/2/3/4/5/6/7/8/9"},
	} {
		got, err := ParsePath(c.text, c.index)
		if err != nil || !slices.Equal(got, c.want) || got.String() != c.back {
			t.Errorf("%s with %d: %v (%s), %v", c.text, c.index, []uint32(got), got, err)
		}
	}
}

func TestBadPaths(t *testing.T) {
	for _, c := range []struct {
		text  string
		index uint32
		kind  fault.Kind
	}{
		{"", 0, fault.Invalid},
		{"M", 0, fault.Invalid},
		{"44'/0'", 0, fault.Invalid},
		{"/m/0", 0, fault.Invalid},
		{"m/", 0, fault.Invalid},
		{"m//0", 0, fault.Invalid},
		{"m/0/", 0, fault.Invalid},
		{"m/ 0", 0, fault.Invalid},
		{"m/00", 0, fault.Invalid},
		{"m/01'", 0, fault.Invalid},
		{"m/+1", 0, fault.Invalid},
		{"m/-1", 0, fault.Invalid},
		{"m/0x1", 0, fault.Invalid},
		{"m/1_0", 0, fault.Invalid},
		{"m/'", 0, fault.Invalid},
		{"m/0''", 0, fault.Invalid},
		{"m/0'h", 0, fault.Invalid},
		{"m/0\u2019", 0, fault.Invalid},
		{"m/\u0661", 0, fault.Invalid},
		{"m/2147483648", 0, fault.Invalid},
		{"m/2147483648'", 0, fault.Invalid},
		{"m/4294967296", 0, fault.Invalid},
		{"m/I", 0, fault.Invalid},
		{"m/ii", 0, fault.Invalid},
		{"m/i", Hardened, fault.Invalid},
		{"m/i'", Hardened, fault.Invalid},
		{"m/i'", math.MaxUint32, fault.Invalid},
		{"m/0/1/2/3/4/5/6/7/8/9/10", 0, fault.TooLarge},
		{"m" + strings.Repeat("/0", 1000), 0, fault.TooLarge},
		{"m/" + strings.Repeat("0", 1000), 0, fault.TooLarge},
	} {
		if got, err := ParsePath(c.text, c.index); !fault.Is(err, c.kind) || got != nil {
			t.Errorf("%.40q with %d: %v, %v", c.text, c.index, got, err)
		}
	}
}
