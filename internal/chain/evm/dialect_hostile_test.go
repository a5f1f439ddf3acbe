package evm

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/curve"
)

// everyNetwork are networks of all dialects, and the generic one.
func everyNetwork(t testing.TB) map[string]Chain {
	all := map[string]Chain{"ethereum": ethereum(), "generic": generic()}
	for _, symbol := range []string{"BSC", "XDC", "CELO", "KLAY", "ONE"} {
		for _, test := range []bool{false, true} {
			c := network(t, symbol, test)
			all[c.ID()] = c
		}
	}
	return all
}

// TestDialectsApart: what only a dialect has is taken by one network and no other, also
// not by the test network of the same dialect, nor at another door.
func TestDialectsApart(t *testing.T) {
	key, count := signer(t), 0
	for symbol, payloads := range ownPayloads(t) {
		for i, payload := range payloads {
			for id, c := range everyNetwork(t) {
				_, err := c.Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: key})
				if want := id == strings.ToLower(symbol); (err == nil) != want {
					t.Errorf("%s takes %s %d: %v", id, symbol, i, err)
				}
				if _, err := c.ReadFile(payload); (err == nil) != (id == strings.ToLower(symbol)) {
					t.Errorf("%s reads %s %d: %v", id, symbol, i, err)
				}
				if _, err := c.Decode(chain.Request{Form: FormAuthorization, Payload: payload, Signer: key}); err == nil {
					t.Errorf("%s takes %s %d for an authorization", id, symbol, i)
				}
				count++
			}
		}
	}
	if count < 12*(5+1+4+30) {
		t.Errorf("%d pairs", count)
	}
	for i, v := range readJSON[kaiaFile](t, "testdata/kaia.json").Transactions {
		if v.PayerRLP == "" {
			continue
		}
		for id, c := range everyNetwork(t) {
			if _, err := c.Decode(chain.Request{Form: FormTransaction, Payload: unhex(t, v.PayerRLP), Signer: key}); err == nil {
				t.Errorf("%s takes what fee payer %d signs for a transaction", id, i)
			}
		}
	}
}

// TestCeloWithoutChainID: the list of nine members of Celo's old form without a chain
// id (fee currency, gateway and its fee before receiver, value and data) is not taken for
// Ethereum's with one, in whichever way the members that may be empty are.
func TestCeloWithoutChainID(t *testing.T) {
	a := append([]byte{0x94}, unhex(t, mallory)...)
	empty := []byte{0x80}
	for mask := range 1 << 6 {
		content := []byte{1, 1, 0x82, 0x52, 0x08}
		for bit, member := range [][]byte{a, a, {0x07}, a, {0x09}, {0x82, 0xde, 0xad}} {
			if mask>>bit&1 == 0 {
				member = empty
			}
			content = append(content, member...)
		}
		payload := rlp.AppendList(nil, content)
		for id, c := range everyNetwork(t) {
			if in, err := c.Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: signer(t)}); err == nil {
				t.Errorf("%s takes %x as\n%s", id, payload, describe(in.Effects))
			}
		}
	}
}

// TestNativeAsToken: CELO is the same balance under the address of its contract.
func TestNativeAsToken(t *testing.T) {
	const celoToken, alfajores = "0x471EcE3750Da237f93B8E339c536989b8978a438", "0xF194afDf50B03e69Bd7D057c1Aa9e10c9954E4C9"
	sepolia := New(chain.Network{ID: "celo-testnet", Symbol: "CELO", Decimals: 18}, Params{ChainID: 11142220, Dialect: Celo})
	for _, v := range []struct {
		c     Chain
		token string
	}{{network(t, "CELO", false), celoToken}, {network(t, "CELO", true), alfajores}, {sepolia, celoToken}} {
		asset := "erc20 " + v.token
		for file, want := range map[string]chain.Effect{
			`{"to":"` + v.token + `","data":"0xa9059cbb` + argument(mallory) + word1 + `","gas":1,"gasPrice":1,"nonce":0}`: {Kind: chain.Move, Asset: asset, Amount: "1", To: mallory},
			`{"to":"` + v.token + `","data":"0x095ea7b3` + argument(mallory) + max + `","gas":1,"gasPrice":1,"nonce":0}`:   {Kind: chain.Allow, Asset: asset, Amount: "unlimited", To: mallory},
			strings.Replace(permitFile(v.token, "5"), `"chainId":1,`, `"chainId":`+decimal(v.c.params.ChainID)+`,`, 1):     {Kind: chain.Allow, Asset: asset, Amount: "5", To: mallory},
			`{"to":"` + bob + `","gas":1,"maxFeePerGas":1,"maxPriorityFeePerGas":1,"nonce":0,"feeCurrency":"` + v.token + `"}`: {
				Kind: chain.Fee, Asset: asset},
		} {
			in := decode(t, v.c, file)
			if !shows(in, want) || !strings.Contains(in.Names[v.token], "CELO, the native asset itself") || in.Units[asset] != (chain.Unit{Symbol: "CELO", Decimals: 18}) {
				t.Errorf("%s: %v, %v,\n%s", v.c.ID(), in.Names, in.Units, describe(in.Effects))
			}
		}
	}
	if in := decode(t, network(t, "BSC", false), `{"to":"`+celoToken+`","data":"0xa9059cbb`+argument(mallory)+word1+`","gas":1,"gasPrice":1,"nonce":0}`); in.Names[celoToken] != "" {
		t.Errorf("elsewhere it is %q", in.Names[celoToken])
	}
}

// TestCeloDrains holds fees that are more than what is sent, in whatever they are paid.
func TestCeloDrains(t *testing.T) {
	c := network(t, "CELO", false)
	send := func(token string, price int) string {
		return `{"to":"` + token + `","data":"0xa9059cbb` + argument(bob) + strings.Repeat("0", 60) + `03e8","gas":100,"maxFeePerGas":` + decimal(uint64(price)) +
			`,"maxPriorityFeePerGas":1,"nonce":1,"feeCurrency":"` + cusd + `"}`
	}
	for name, v := range map[string]struct {
		file string
		want bool
	}{
		"a tenth":       {send(cusd, 1), false},
		"above a tenth": {send(cusd, 2), true},
		"another token": {send(usdc, 2), false},
		"gateway's fee": {`{"to":"` + bob + `","gas":100,"gasPrice":7,"nonce":1,"feeCurrency":"` + cusd + `","gatewayFee":900,"gatewayFeeRecipient":"` + mallory + `"}`, true},
	} {
		if in := decode(t, c, v.file); warns(in, "tenth") != v.want {
			t.Errorf("%s: %q", name, in.Warnings)
		}
	}
}

// TestHarmonyElsewhere: on another shard than that of the chain id, effects say so, and
// calls are not understood, because other contracts are there.
func TestHarmonyElsewhere(t *testing.T) {
	c := network(t, "ONE", false)
	file := func(shard uint64, members string) string {
		s := decimal(shard)
		return `{"value":7,"nonce":2,"gasLimit":21000,"gasPrice":3,"shardID":` + s + `,"toShardID":` + s + members + `}`
	}
	call := `,"to":"` + usdc + `","data":"0xa9059cbb` + argument(mallory) + word1 + `"`
	for _, v := range []struct {
		file string
		want chain.Effect
	}{
		{file(1, `,"to":"`+bob+`"`), chain.Effect{Kind: chain.Move, Asset: "ONE", Amount: "7", To: bob, Detail: "on shard 1"}},
		{file(3, call), chain.Effect{Kind: chain.Move, Asset: "erc20 " + usdc, To: mallory, Detail: "on shard 3"}},
		{file(3, call), chain.Effect{Kind: chain.Opaque, From: alice, To: usdc, Subject: "shard"}},
		{file(1, `,"data":"0x60"`), chain.Effect{Kind: chain.Deploy, From: alice, Detail: "on shard 1"}},
	} {
		in := decode(t, c, v.file)
		if !shows(in, v.want) {
			t.Errorf("no effect like %+v in\n%s", v.want, describe(in.Effects))
		}
		for _, e := range in.Effects {
			if e.Kind != chain.Fee && !strings.Contains(e.Detail, "on shard ") {
				t.Errorf("nothing of the shard in %+v", e)
			}
		}
	}
	for _, e := range decode(t, c, file(0, call)).Effects {
		if e.Kind == chain.Opaque || strings.Contains(e.Detail, "shard") {
			t.Errorf("on shard 0: %+v", e)
		}
	}
}

// TestKaiaLockout holds updates that leave the key without what it could do.
func TestKaiaLockout(t *testing.T) {
	c := kaiaMain(t)
	update := func(from, key string) string {
		return `{"type":32,"from":"` + from + `","nonce":3,"gas":1000,"gasPrice":7,"key":"0x` + key + `"}`
	}
	multi := func(threshold, mine, other byte) string {
		one := func(weight byte, key string) []byte {
			return rlp.AppendList(nil, rlp.AppendBytes(rlp.AppendUint(nil, uint64(weight)), unhex(t, key)))
		}
		keys := rlp.AppendList(nil, append(one(mine, "02"+otherKey), one(other, publicBob[4:])...))
		return hexOf(rlp.AppendList([]byte{4}, append([]byte{threshold}, keys...)))
	}
	for name, v := range map[string]struct{ file, warning string }{
		"needs another":       {update(alice, multi(2, 1, 2)), "only together with others"},
		"reaches it alone":    {update(alice, multi(2, 2, 2)), ""},
		"roles need another":  {update(alice, hexOf(rlp.AppendList([]byte{5}, rlp.AppendBytes(nil, unhex(t, multi(2, 1, 2)))))), "(transactions, and roles without a key)"},
		"key of the address":  {update(bob, "01c0"), "not among the new keys"},
		"locked":              {update(alice, "03c0"), "locked for good"},
		"keys of one account": {update(alice, multi(3, 1, 2)), "only together with others from now on (every role)"},
	} {
		in := decode(t, c, v.file)
		if v.warning == "" && len(in.Warnings) > 0 || !warns(in, v.warning) && v.warning != "" {
			t.Errorf("%s: %q", name, in.Warnings)
		}
		if !shows(in, chain.Effect{Kind: chain.Authority}) {
			t.Errorf("%s:\n%s", name, describe(in.Effects))
		}
	}
}

// TestKaiaOwnMemo: a memo to the account itself is call data of the code that it may
// have.
func TestKaiaOwnMemo(t *testing.T) {
	memo := func(to, text string) string {
		return `{"type":16,"from":"` + alice + `","to":"` + to + `","value":1,"nonce":3,"gas":1000,"gasPrice":7,"input":"0x` + hexOf([]byte(text)) + `"}`
	}
	own := chain.Effect{Kind: chain.Opaque, From: alice, To: alice, Subject: "own code"}
	for _, v := range []struct {
		to, text string
		want     bool
	}{{alice, "hello", true}, {alice, "", false}, {bob, "hello", false}} {
		if in := decode(t, kaiaMain(t), memo(v.to, v.text)); shows(in, own) != v.want {
			t.Errorf("%q to %s:\n%s", v.text, v.to, describe(in.Effects))
		}
	}
}

// TestFeePayerForged: what a fee payer signs depends on the sender's bytes and on the fee
// payer that it is shown, and not on signatures that whoever asks may have made up.
func TestFeePayerForged(t *testing.T) {
	c := kaiaMain(t)
	private := unhex(t, strings.Repeat("46", 32))
	payer := chaintest.PublicKey(t, curve.Secp256k1, private)
	payload := unhex(t, readJSON[kaiaFile](t, "testdata/kaia.json").Transactions[1].SigRLP)
	request := func(r, s byte, named string) chain.Request {
		one := append(rlp.AppendUint(nil, 35+2*8217), r, s)
		list := rlp.AppendList(nil, rlp.AppendList(nil, one))
		return chain.Request{Form: FormFeePayer, Payload: payload, Context: rlp.AppendList(nil, append(list, unhex(t, named)...)), Signer: payer}
	}
	digest := func(req chain.Request) ([]byte, *chain.Intent) {
		in, err := c.Decode(req)
		if err != nil {
			t.Fatal(err)
		}
		return in.Tasks[0].Message, in
	}
	first, in := digest(request(1, 1, "80"))
	if again, _ := digest(request(2, 3, "80")); !bytes.Equal(first, again) {
		t.Error("the sender's signature is part of what is signed")
	}
	if same, _ := digest(request(1, 1, "94"+addressBob[2:])); !bytes.Equal(first, same) {
		t.Error("the fee payer that is named is another than the key's")
	}
	named, other := digest(request(1, 1, "94"+mallory[2:]))
	if bytes.Equal(first, named) || !shows(other, chain.Effect{Kind: chain.Fee, From: mallory}) || shows(other, chain.Effect{Kind: chain.Fee, From: addressBob}) ||
		!warns(other, mallory+", which is not the address of the key") {
		t.Errorf("%q\n%s", other.Warnings, describe(other.Effects))
	}
	if !shows(in, chain.Effect{Kind: chain.Fee, From: addressBob}) {
		t.Errorf("effects\n%s", describe(in.Effects))
	}
	if sent := hexaccount.Keccak(payload); bytes.Equal(first, sent[:]) {
		t.Error("the fee payer signs what the sender signs")
	}
	// The account of the transaction pays for itself, by a key that is not its own.
	from := in.Effects[0].From
	_, self := digest(request(1, 1, "94"+from[2:]))
	if !warns(self, "the sender itself") || !warns(self, "not the address of the key") {
		t.Errorf("%q", self.Warnings)
	}
}

// TestOwnPreview: what is shown for an address is what its key then signs, also where the
// transaction is of another account.
func TestOwnPreview(t *testing.T) {
	who := addressOf(t, alice)
	var all []chain.Request
	for _, payload := range ownPayloads(t)["KLAY"] {
		all = append(all, chain.Request{Form: FormTransaction, Payload: payload})
	}
	for _, from := range []string{alice, bob} {
		for _, key := range []string{"01c0", "02a102" + otherKey, publicBob} {
			req, err := kaiaMain(t).ReadFile([]byte(`{"type":32,"from":"` + from + `","nonce":3,"gas":1000,"gasPrice":7,"key":"0x` + key + `"}`))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, req)
		}
	}
	warned := 0
	for i, req := range all {
		req.Context = who[:]
		shown, err := kaiaMain(t).Preview(req)
		if err != nil {
			t.Fatal(i, err)
		}
		req.Signer = signer(t)
		signed, err := kaiaMain(t).Decode(req)
		if err != nil {
			t.Fatal(i, err)
		}
		if describe(shown.Effects) != describe(signed.Effects) || fmt.Sprint(shown.Warnings, shown.Facts) != fmt.Sprint(signed.Warnings, signed.Facts) || len(shown.Tasks) > 0 {
			t.Errorf("%d: shown %q\n%ssigned %q\n%s", i, shown.Warnings, describe(shown.Effects), signed.Warnings, describe(signed.Effects))
		}
		if warns(signed, "not the address of the key") {
			warned++
		}
	}
	if warned < 3 {
		t.Errorf("%d warnings", warned)
	}
}

// TestOwnDoors: a file of bytes is read as its digits are, also where its first byte is
// a space, a line break or a brace.
func TestOwnDoors(t *testing.T) {
	files := map[string][][]byte{}
	for symbol, payloads := range ownPayloads(t) {
		files[symbol] = append(files[symbol], payloads...)
	}
	for _, v := range readJSON[kaiaFile](t, "testdata/kaia.json").Transactions {
		files["KLAY"] = append(files["KLAY"], unhex(t, unsignedRaw(t, v.Sent)))
		if v.Paid != "" {
			files["KLAY"] = append(files["KLAY"], unhex(t, v.Sent))
		}
	}
	for symbol, all := range files {
		c := network(t, symbol, false)
		for i, raw := range all {
			want, err := c.ReadFile([]byte("0x" + hexOf(raw)))
			if err != nil {
				t.Fatal(symbol, i, err)
			}
			got, err := c.ReadFile(raw)
			if err != nil || got.Form != want.Form || !bytes.Equal(got.Payload, want.Payload) || !bytes.Equal(got.Context, want.Context) {
				t.Errorf("%s %d: %+v, %v", symbol, i, got, err)
			}
			for _, tail := range []string{"\x00", "\n", " "} {
				if got, err := c.ReadFile(append(bytes.Clone(raw), tail...)); err == nil {
					t.Errorf("%s %d with a byte behind is read as %x", symbol, i, got.Payload)
				}
			}
		}
	}
}

// TestOwnFinish: signatures without a form are refused, and the same ones give the same
// bytes again.
func TestOwnFinish(t *testing.T) {
	check := func(name string, in *chain.Intent, private []byte) {
		good := chaintest.SignAll(t, in, private)
		first, err := in.Finish(good)
		if err != nil {
			t.Fatal(name, err)
		}
		kept := bytes.Clone(first)
		clear(first)
		if again, err := in.Finish(good); err != nil || !bytes.Equal(again, kept) {
			t.Errorf("%s: %x, %v, and before %x", name, again, err, kept)
		}
		for what, bad := range map[string][][]byte{
			"none": nil, "two": {good[0], good[0]}, "short": {good[0][:64]}, "long": {append(bytes.Clone(good[0]), 0)},
			"recovery id 2": {append(bytes.Clone(good[0][:64]), 2)}, "v of 27": {append(bytes.Clone(good[0][:64]), 27)},
		} {
			if out, err := in.Finish(bad); err == nil {
				t.Errorf("%s, %s: finished as %x", name, what, out)
			}
		}
	}
	for symbol, payloads := range ownPayloads(t) {
		for i, payload := range payloads {
			in, err := network(t, symbol, false).Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: signer(t)})
			if err != nil {
				t.Fatal(err)
			}
			check(symbol+" "+decimal(uint64(i)), in, unhex(t, aliceKey))
		}
	}
	for _, v := range readJSON[kaiaFile](t, "testdata/kaia.json").Transactions {
		if v.Paid != "" {
			check("fee payer of "+v.Name, decode(t, kaiaMain(t), v.Sent), unhex(t, aliceKey))
		}
	}
}

// TestOwnCorners holds refusals and spellings that the vectors do not reach.
func TestOwnCorners(t *testing.T) {
	kaia, one := kaiaMain(t), network(t, "ONE", false)
	file := readJSON[kaiaFile](t, "testdata/kaia.json")
	sent := unhex(t, file.Transactions[1].Sent) // for a fee payer
	extend := func(tail ...byte) string {
		return hexOf(rlp.AppendList(bytes.Clone(sent[:1]), append(bytes.Clone(rlp.Members(sent[1:])), tail...)))
	}
	tx := func(members string) string {
		return `{"from":"` + alice + `","nonce":3,"gas":1000,"gasPrice":7,` + members + `}`
	}
	anyChain := New(chain.Network{ID: "kaia-any", Symbol: "KAIA", Decimals: 18}, Params{Dialect: Kaia})
	unknownHarmony := New(chain.Network{ID: "harmony-any", Symbol: "ONE", Decimals: 18}, Params{ChainID: 7, Dialect: Harmony})
	harmonyFile := func(members string) string {
		return `{"to":"` + bob + `","value":1,"nonce":2,"gasLimit":21000,"shardID":0,"toShardID":0` + members + `}`
	}
	for name, v := range map[string]struct {
		c    Chain
		file string
	}{
		"member behind the fee payer's signatures": {kaia, extend(0x80, 0xc0, 0x80)},
		"fee payer that signed":                    {kaia, extend(0x80, 0xc4, 0xc3, 0x25, 1, 1)},
		"no chain id in the bytes":                 {anyChain, hexOf(sent)},
		"sender's signature for another network":   {network(t, "KLAY", true), hexOf(sent)},
		"type of two bytes":                        {kaia, tx(`"type":30722,"to":"` + bob + `"`)},
		"type without a name":                      {kaia, tx(`"type":"TxTypeTransferOfEverything","to":"` + bob + `"`)},
		"no gas price":                             {kaia, `{"type":8,"from":"` + alice + `","to":"` + bob + `","nonce":3,"gas":1000}`},
		"two anchors":                              {kaia, tx(`"type":72,"input":"0x01","anchoredData":"0x02"`)},
		"two names of data":                        {kaia, tx(`"type":48,"to":"` + bob + `","input":"0x01","data":"0x02"`)},
		"key of 32 bytes among roles":              {kaia, tx(`"type":32,"key":"0x05c3820202"`)},
		"Harmony's form without a number":          {unknownHarmony, harmonyFile(`,"gasPrice":1`)},
		"Harmony's form without a gas price":       {one, harmonyFile(``)},
	} {
		if req, err := v.c.ReadFile([]byte(v.file)); err == nil {
			t.Errorf("%s: read as %s %x", name, req.Form, req.Payload)
		}
	}
	for name, v := range map[string]struct {
		file string
		want chain.Effect
	}{
		"anchor by another name":    {tx(`"type":72,"anchoredData":"0x02"`), chain.Effect{Kind: chain.Opaque, Subject: "anchored data"}},
		"anchor by both":            {tx(`"type":72,"input":"0x02","anchoredData":"0x02"`), chain.Effect{Kind: chain.Opaque, Subject: "anchored data"}},
		"creation to zero":          {tx(`"type":40,"to":"0x0000000000000000000000000000000000000000","input":"0x60"`), chain.Effect{Kind: chain.Deploy}},
		"execution at zero":         {tx(`"type":48,"to":"0x0000000000000000000000000000000000000000","value":5,"input":"0x60"`), chain.Effect{Kind: chain.Move, Amount: "5", To: "0x0000000000000000000000000000000000000000"}},
		"deploy at a known address": {tx(`"type":40,"input":"0x60"`), chain.Effect{Kind: chain.Deploy, To: hexaccount.Checksummed(created(addressOf(t, alice), 3))}},
	} {
		if in := decode(t, kaia, v.file); !shows(in, v.want) {
			t.Errorf("%s:\n%s", name, describe(in.Effects))
		}
	}
	testNetwork := network(t, "ONE", true)
	if in := decode(t, testNetwork, harmonyFile(`,"gasPrice":1`)); !tells(in, "chain id", "1666700000") {
		t.Errorf("%+v", in.Facts)
	}
	across := strings.Replace(strings.Replace(harmonyFile(`,"gasPrice":1`), bob, "0x0000000000000000000000000000000000000000", 1), `"toShardID":0`, `"toShardID":1`, 1)
	if in := decode(t, one, across); !warns(in, "nobody has the key") {
		t.Errorf("%q", in.Warnings)
	}
}

// created is where a contract comes to be: the end of the hash of the list of the creator
// and its nonce.
func created(creator address, nonce uint64) address {
	sum := hexaccount.Keccak(rlp.AppendList(nil, rlp.AppendUint(rlp.AppendBytes(nil, creator[:]), nonce)))
	return address(sum[12:])
}
