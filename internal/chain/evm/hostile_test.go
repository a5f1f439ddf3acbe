package evm

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/legible"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// seaportFile is an order of alice that offers an NFT for one item.
func seaportFile(start, end, recipient string) string {
	zero := "0x" + strings.Repeat("0", 64)
	return typed(bob, "OrderComponents", typeOf(seaportOrder), `{"offerer":"`+alice+`","zone":"`+zero[:42]+`","offer":[{"itemType":2,"token":"`+bob+
		`","identifierOrCriteria":77,"startAmount":1,"endAmount":1}],"consideration":[{"itemType":0,"token":"`+zero[:42]+`","identifierOrCriteria":0,"startAmount":"`+
		start+`","endAmount":"`+end+`","recipient":"`+recipient+`"}],"orderType":0,"startTime":0,"endTime":1900000000,"zoneHash":"`+zero+`","salt":1,"conduitKey":"`+zero+`","counter":0}`)
}

// TestFallingPrice: what is asked counts at its lowest, whichever end that is.
func TestFallingPrice(t *testing.T) {
	for name, c := range map[string]struct {
		start, end, asks string
		nothing          bool
	}{
		"falls":  {"1000000000000000000000", "0", "at least 0 of ETH", true},
		"rises":  {"0", "1000000000000000000000", "at least 0 of ETH", true},
		"stands": {"5", "5", "at least 5 of ETH", false},
	} {
		in := decode(t, ethereum(), seaportFile(c.start, c.end, alice))
		if !tells(in, "asks for", c.asks) || warns(in, "asks for nothing") != c.nothing {
			t.Errorf("%s: %q, %+v", name, in.Warnings, in.Facts)
		}
	}
}

func tells(in *chain.Intent, name, part string) bool {
	for _, f := range in.Facts {
		if f.Name == name && strings.Contains(f.Value, part) {
			return true
		}
	}
	return false
}

// TestOwnCode: the functions by which an account makes calls are understood; they
// have the selectors of their signatures.
func TestOwnCode(t *testing.T) {
	signatures := []string{"execute(address,uint256,bytes)", "executeBatch(address[],bytes[])", "executeBatch(address[],uint256[],bytes[])",
		"executeBatch((address,uint256,bytes)[])", "execute(bytes32,bytes)"}
	known := makesCalls()
	if len(known) != len(signatures) {
		t.Fatalf("%d selectors", len(known))
	}
	for i, signature := range signatures {
		if sum := hexaccount.Keccak([]byte(signature)); [4]byte(sum[:4]) != known[i] {
			t.Errorf("%s has the selector %x, not %x", signature, sum[:4], known[i])
		}
		in := decode(t, ethereum(), `{"to":"`+alice+`","gas":1,"gasPrice":1,"nonce":0,"data":"0x`+hexOf(known[i][:])+`"}`)
		if shows(in, chain.Effect{Kind: chain.Opaque, Subject: "own code"}) || !shows(in, chain.Effect{Kind: chain.Opaque, To: alice}) {
			t.Errorf("%s without arguments:\n%s", signature, describe(in.Effects))
		}
	}
	if in := decode(t, ethereum(), `{"to":"`+alice+`","gas":1,"gasPrice":1,"nonce":0}`); shows(in, chain.Effect{Kind: chain.Opaque}) {
		t.Errorf("nothing is called:\n%s", describe(in.Effects))
	}
}

// TestUnseen holds messages with what cannot be seen, or writes over what can.
func TestUnseen(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want chain.EffectKind
	}{
		"zero width space":        {"pay\u200b1", chain.Opaque},
		"zero width joiner":       {"pay\u200d1", chain.Opaque},
		"byte order mark":         {"\ufeffpay", chain.Opaque},
		"soft hyphen":             {"pay\u00ad1", chain.Opaque},
		"filler of Hangul":        {"pay\u3164\u31641", chain.Opaque},
		"half-width filler":       {"pay\uffa01", chain.Opaque},
		"filler of syllables":     {"pay\u115f1", chain.Opaque},
		"blank pattern":           {"pay\u28001", chain.Opaque},
		"grapheme joiner":         {"pay\u034f1", chain.Opaque},
		"data in variations":      {"pay\U000e0130\U000e0131", chain.Opaque},
		"tag":                     {"pay\U000e0041", chain.Opaque},
		"no-break space":          {"pay\u00a01", chain.Opaque},
		"line separator":          {"pay\u20281", chain.Opaque},
		"return without a line":   {"pay mallory\rpay bob    ", chain.Opaque},
		"escape of a terminal":    {"pay\x1b[2K", chain.Opaque},
		"hash with 0X":            {"0X" + strings.Repeat("8a", 32), chain.Opaque},
		"emoji":                   {"I \u2764\ufe0f you", chain.Message},
		"letters with marks":      {"Zażółć gęślą jaźń, 日本語, हिन्दी", chain.Message},
		"lines of another system": {"a\r\nb\r\n", chain.Message},
	} {
		in := message(t, c.text)
		if in.Effects[0].Kind != c.want {
			t.Errorf("%s: %s", name, in.Effects[0].Kind)
		}
		for _, f := range in.Facts {
			if c.want == chain.Opaque && strings.ContainsFunc(strings.ReplaceAll(f.Value, "\n", ""), func(r rune) bool { return !legible.Rune(r) }) {
				t.Errorf("%s: shown as %q", name, f.Value)
			}
		}
	}
	file := strings.Replace(mail, "Hello, Bob!", "Hello\u3164\u202e\u2800Bob", 1)
	if in := decode(t, ethereum(), file); !tells(in, "contents", `"Hello\u3164\u202e\u2800Bob"`) {
		t.Errorf("%+v", in.Facts)
	}
}

// TestManyWarnings: that there are more is said.
func TestManyWarnings(t *testing.T) {
	d := ethereum().describe(anySigner(nil, nil), 1)
	for i := range 100 {
		d.warn(fmt.Sprint(i))
		d.warn(fmt.Sprint(i))
	}
	if len(d.warnings) != mostWarnings || d.warnings[mostWarnings-2] != fmt.Sprint(mostWarnings-2) || !strings.Contains(d.warnings[mostWarnings-1], "more") {
		t.Errorf("%q", d.warnings)
	}
}

// TestAccountsTogether: what is remembered of keys is right for all who ask at once,
// also where keys take each other's place.
func TestAccountsTogether(t *testing.T) {
	c := ethereum()
	type pair struct {
		key  curve.PublicKey
		text string
	}
	var pairs []pair
	for i := range 600 { // more than there are places
		key := chaintest.PublicKey(t, curve.Secp256k1, append(make([]byte, 30), byte(i>>8), byte(i+1)|1))
		account, err := hexaccount.New(hexaccount.Checksummed).Of(key)
		if err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, pair{key, account.Text})
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for _, p := range pairs {
				if got, err := c.Address(p.key); err != nil || got != p.text {
					t.Errorf("%s, %v, want %s", got, err, p.text)
					return
				}
			}
		})
	}
	wait.Wait()
}

// TestNobodysAddress: no address that a payload can name is shown as that of the signer
// whom nobody has named, whatever stands for it.
func TestNobodysAddress(t *testing.T) {
	fill := func(to address) []byte {
		return (&transaction{chainID: 1, gasPrice: bigOf("1"), value: bigOf("5"), to: &to}).encode()
	}
	guesses := []address{address([]byte("strongroom: signer??")), {}, anySigner(nil, nil).Address, anySigner(fill(address{}), nil).Address}
	for range 8 { // what stands for the signer of the last guess
		guesses = append(guesses, anySigner(fill(guesses[len(guesses)-1]), nil).Address)
	}
	for _, to := range guesses {
		in, err := ethereum().Preview(chain.Request{Form: FormTransaction, Payload: fill(to)})
		if err != nil {
			t.Fatal(err)
		}
		if !shows(in, chain.Effect{Kind: chain.Move, From: "signer", To: hexaccount.Checksummed(to)}) {
			t.Errorf("effects\n%s", describe(in.Effects))
		}
	}
}

// TestFinishMalformed: signatures that have no form here.
func TestFinishMalformed(t *testing.T) {
	for _, file := range []string{`{"to":"` + bob + `","gas":21000,"gasPrice":1,"nonce":0}`, permitFile(usdc, "1")} {
		in := decode(t, ethereum(), file)
		good := chaintest.SignAll(t, in, unhex(t, aliceKey))[0]
		for name, bad := range map[string][][]byte{
			"none": nil, "empty": {{}}, "two": {good, good}, "short": {good[:64]}, "long": {append(append([]byte{}, good...), 0)},
			"recovery id 2": {append(append([]byte{}, good[:64]...), 2)}, "v of 27": {append(append([]byte{}, good[:64]...), 27)},
		} {
			if out, err := in.Finish(bad); err == nil {
				t.Errorf("%s: finished as %x", name, out)
			}
		}
	}
}

// TestCostOfTypedData: documents of the largest size that are made to cost take
// memory in proportion to their size.
func TestCostOfTypedData(t *testing.T) {
	fill := func(head, item, tail string) string {
		n := (maxTyped - len(head) - len(tail)) / len(item)
		return head + strings.TrimSuffix(strings.Repeat(item, n), ",") + tail
	}
	one := func(types string) string { return `{"types":{` + types + `},"primaryType":"T","domain":{},"message":` }
	long := strings.Repeat("m", maxName-4)
	var chained strings.Builder   // types of which each uses the next, with members of the longest names
	for i := range maxTypes - 2 { // and that of the domain
		fmt.Fprintf(&chained, `"T%d":[{"name":"n","type":"T%d[]"}`, i, i+1)
		for k := range 25 {
			fmt.Fprintf(&chained, `,{"name":"%s%d","type":"uint"}`, long, k)
		}
		chained.WriteString("],")
	}
	head := `{"types":{` + chained.String() + fmt.Sprintf(`"T%d":[]},"primaryType":"T0","domain":{},"message":`, maxTypes-2)
	for name, file := range map[string]string{
		"numbers":        fill(one(`"T":[{"name":"a","type":"uint8[]"}]`)+`{"a":[`, "1,", "]}}"),
		"empty structs":  fill(one(`"T":[{"name":"a","type":"U[]"}],"U":[]`)+`{"a":[`, "{},", "]}}"),
		"empty arrays":   fill(one(`"T":[{"name":"a","type":"uint8[][]"}]`)+`{"a":[`, "[],", "]}}"),
		"itself":         fill(one(`"T":[{"name":"a","type":"T[]"}]`)+`{"a":[`, `{"a":[]},`, "]}}"),
		"deep text":      fill(one(`"T":[{"name":"a","type":"T[]"},{"name":"b","type":"string"}]`)+strings.Repeat(`{"b":"","a":[`, 10)+`{"a":[],"b":"`, "x", `"}`+strings.Repeat("]}", 10)+"}"),
		"brackets":       fill(`{"types":`, "[", ""),
		"chain of types": head + `{}}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ethereum().ReadFile([]byte(file))
		runtime.ReadMemStats(&after)
		if err != nil && !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s: %v", name, err)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 400*maxTyped {
			t.Errorf("%s: %d bytes for %d", name, spent, len(file))
		}
	}
}

// TestPreviewAgrees: what is shown before a key is named is what the key then signs.
func TestPreviewAgrees(t *testing.T) {
	who := addressOf(t, alice)
	files := []string{mail, permitFile(usdc, "1"), seaportFile("5", "1", alice), `{"to":"` + alice + `","chainId":1,"gas":1,"gasPrice":1,"nonce":0,"data":"0xa9059cbb"}`}
	for _, v := range readJSON[ethersFile](t, "testdata/ethers.json").Transactions {
		files = append(files, v.Unsigned)
	}
	for _, file := range files {
		req, err := generic().ReadFile([]byte(file))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		req.Context = who[:]
		shown, err := generic().Preview(req)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		req.Signer = signer(t)
		signed, err := generic().Decode(req)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if describe(shown.Effects) != describe(signed.Effects) || fmt.Sprint(shown.Warnings, shown.Facts) != fmt.Sprint(signed.Warnings, signed.Facts) || len(shown.Tasks) > 0 {
			t.Errorf("%s: shown\n%ssigned\n%s", file, describe(shown.Effects), describe(signed.Effects))
		}
	}
}
