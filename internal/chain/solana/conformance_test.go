package solana

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
)

func TestConformance(t *testing.T) {
	var v0, tables []byte
	for _, v := range readLines[vector](t, "vectors.jsonl") {
		switch v.Name {
		case "version 0, no table":
			v0 = v.Message
		case "version 0, two tables":
			tables = v.Message
		}
	}
	message := func(text string) chain.Request {
		req, err := mainnet().MessageRequest([]byte(text), publicOf("mine"))
		if err != nil {
			t.Fatal(err)
		}
		return req
	}
	offchain := readLines[offchainVector](t, "offchain.jsonl")
	// Messages of version 1 are not here: their text goes on to the end, so what is cut
	// from one is another.
	two := compile("mine", transfer("my friend", "bob", 5))
	chaintest.Run(t, chaintest.Config{
		Chain: mainnet(),
		Valid: map[string]chain.Request{
			"transfer":       {Form: FormTransaction, Payload: compile("mine", transfer("mine", "bob", 5))},
			"two signers":    {Form: FormTransaction, Payload: two},
			"one of two":     {Form: FormTransaction, Payload: two, Signer: publicOf("my friend")},
			"version 0":      {Form: FormTransaction, Payload: v0},
			"lookup tables":  {Form: FormTransaction, Payload: tables},
			"message":        message("Hello"),
			"message, UTF-8": message("Привет"),
			"message, short": {Form: FormMessage, Payload: short(formatASCII, "Hello"), Signer: publicOf("mine")},
			"message, two":   {Form: FormMessage, Payload: offchain[1].Message},
			"raw message":    {Form: FormRawMessage, Payload: []byte("Log in"), Signer: publicOf("mine")},
		},
		FreeForm: []string{FormRawMessage},
	})
}

// TestPartlySigned: signatures that are there already are kept, checked, and not asked
// for again.
func TestPartlySigned(t *testing.T) {
	payload := compile("mine", transfer("my friend", "bob", 5))
	req := chain.Request{Form: FormTransaction, Payload: payload, Signer: publicOf("my friend")}
	in, err := mainnet().Decode(req)
	if err != nil || len(in.Tasks) != 1 || in.Tasks[0].Key != publicOf("my friend") {
		t.Fatalf("%+v, %v", in, err)
	}
	half, err := in.Finish(chaintest.SignAll(t, in, seed("my friend")))
	if err != nil {
		t.Fatal(err)
	}
	read, err := mainnet().ReadFile([]byte(in.Encoding.Encode(half)))
	if err != nil {
		t.Fatal(err)
	}
	in, err = mainnet().Decode(read)
	if err != nil || len(in.Tasks) != 1 || in.Tasks[0].Key != publicOf("mine") {
		t.Fatalf("%+v, %v", in, err)
	}
	whole, err := in.Finish(chaintest.SignAll(t, in, seed("mine")))
	if err != nil {
		t.Fatal(err)
	}
	in, err = mainnet().Decode(chain.Request{Form: FormTransaction, Payload: payload})
	if err != nil || len(in.Tasks) != 2 {
		t.Fatalf("%+v, %v", in, err)
	}
	atOnce, err := in.Finish(chaintest.SignAll(t, in, seed("mine"), seed("my friend")))
	if err != nil || string(atOnce) != string(whole) {
		t.Errorf("one after the other %x, at once %x, %v", whole, atOnce, err)
	}
	if _, err := mainnet().ReadFile([]byte(in.Encoding.Encode(whole))); err == nil {
		t.Error("a transaction that everybody signed still waits for signatures")
	}

	wrong := read.Context
	for name, context := range map[string][]byte{
		"of another message": append([]byte{2}, append(make([]byte, 64), whole[1:65]...)...),
		"of nobody":          append([]byte{2}, make([]byte, 128)...),
		"cut":                wrong[:len(wrong)-1],
		"too long":           append(append([]byte{}, wrong...), 0),
		"with another count": append([]byte{1}, wrong[1:]...),
	} {
		req := read
		req.Context = context
		if _, err := mainnet().Decode(req); err == nil {
			t.Errorf("a context %s was taken", name)
		}
	}
}

// TestSigners: who is named signs, whether or not the message needs others too; who is
// not in the message does not.
func TestSigners(t *testing.T) {
	payload := compile("mine", transfer("my friend", "bob", 5))
	for name, c := range map[string]struct {
		signer string
		more   []string
		want   []string
	}{
		"nobody named":     {"", nil, []string{"mine", "my friend"}},
		"one":              {"mine", nil, []string{"mine"}},
		"both":             {"my friend", []string{"mine"}, []string{"mine", "my friend"}},
		"some of a wallet": {"my other", []string{"my third", "my friend"}, []string{"my friend"}},
		"receiver":         {"bob", nil, nil},
		"stranger":         {"my other", nil, nil},
	} {
		req := chain.Request{Form: FormTransaction, Payload: payload}
		if c.signer != "" {
			req.Signer = publicOf(c.signer)
		}
		for _, m := range c.more {
			req.Signers = append(req.Signers, publicOf(m))
		}
		in, err := mainnet().Decode(req)
		if c.want == nil {
			if err == nil {
				t.Errorf("%s: %d tasks", name, len(in.Tasks))
			}
			continue
		}
		if err != nil || len(in.Tasks) != len(c.want) {
			t.Errorf("%s: %+v, %v", name, in, err)
			continue
		}
		for i, task := range in.Tasks {
			if task.Key != publicOf(c.want[i]) || task.Scheme != curve.PureEdDSA {
				t.Errorf("%s: task %d is for %s", name, i, task.Key)
			}
		}
	}
}
