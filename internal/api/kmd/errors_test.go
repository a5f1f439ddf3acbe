package kmd

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"strongroom/internal/chain/algorand"
	"strongroom/internal/fault"
)

// Every kind has a row of its own, so that a new one is not answered by chance.
func TestEveryKindIsTranslated(t *testing.T) {
	seen := make(map[string]bool)
	for k := fault.Kind(0); !seen[k.String()]; k++ {
		seen[k.String()] = true
		if _, ok := translations[k]; !ok {
			t.Errorf("%s has no answer", k)
		}
	}
	if len(seen) != len(translations) {
		t.Errorf("%d kinds, %d answers", len(seen), len(translations))
	}
}

func TestTranslate(t *testing.T) {
	const decrypting = "error decrypting. wrong password?"
	for _, c := range []struct {
		err    error
		in     place
		status int
		text   string
	}{
		{fault.WrongPassword.New("no"), opening, 401, decrypting},
		{fault.WrongPassword.New("no"), elsewhere, 400, decrypting},
		{fault.Storage.New("disk"), opening, 401, "database error"},
		{fault.Storage.New("disk"), reading, 500, "database error"},
		{fault.Storage.New("disk"), elsewhere, 400, "database error"},
		{fault.UnknownWallet.New("no"), opening, 400, "wallet not found"},
		{fault.AmbiguousWallet.New("two"), opening, 400, "multiple wallets with the same ID exist. cannot continue"},
		{fault.WalletExists.New("x"), elsewhere, 400, "wallet with same name already exists"},
		{fault.UnknownKey.New("x"), elsewhere, 400, "key does not exist in this wallet"},
		{fault.KeyExists.New("x"), elsewhere, 400, "key already exists in wallet"},
		{fault.UnknownAccount.New("x"), elsewhere, 400, "multisig information (pks, threshold) for address does not exist in this wallet"},
		{fault.UnknownSession.New("x"), reading, 401, "handle does not exist"},
		{fault.SessionExpired.New("x"), elsewhere, 401, "handle expired"},
		{fault.InvalidAddress.New("x"), elsewhere, 400, "could not decode address"},
		{fault.InvalidPayload.New("x"), elsewhere, 400, "could not decode transaction"},
		{fault.Unsupported.New(textMnemonic), reading, 500, "sqlite wallet driver cannot display mnemonics"},
		{fault.Unsupported.New(textOperation), elsewhere, 400, "operation not supported by wallet"},
		{fault.Denied.New("not allowed: no rule"), elsewhere, 403, "not allowed: no rule"},
		{fault.Busy.New("queue full"), opening, 503, "queue full"},
		{fmt.Errorf("sign: %w", algorand.ErrConflictingSignature), elsewhere, 400, "Invalid duplicates"},
		{fault.Invalid.Wrap(algorand.ErrNotAmongKeys, "outer"), elsewhere, 400, "Key does not exist"},
		{algorand.ErrNotPossibleSigner, elsewhere, 400, "given key is not a possible signer for this multisig"},
		{algorand.ErrAddressMismatch, elsewhere, 400, "given multisig preimage hashes to neither Sender nor AuthAddr"},
		{algorand.ErrUnknownVersion, elsewhere, 400, "unknown version"},
		{algorand.ErrInvalidThreshold, elsewhere, 400, "Invalid threshold"},
		{errors.New("/secret/path: EIO"), elsewhere, 500, "internal error; the log has the details"},
	} {
		if got := translate(c.err, c.in); got != (answer{c.status, c.text}) {
			t.Errorf("%v in %d: %+v", c.err, c.in, got)
		}
	}
}

// What the storage says goes to the log, not to the client; and a canary in any
// secret field shows up in neither.
func TestNoSecretInErrors(t *testing.T) {
	const canary = "CaNaRyPaSsWoRd"
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(canary, 5)[:64]))
	seed := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(canary, 5)[:32]))
	for _, fail := range []error{
		nil, errors.New("plain error"), context.Canceled, fault.Storage.Wrap(errors.New("disk I/O error at /var"), "the store failed"),
	} {
		b := newBench(t, nil)
		b.gate.fail = fail
		for _, to := range routes() {
			var fields []string
			for _, m := range members() {
				if to.fields&m.field == 0 {
					continue
				}
				value := `"` + canary + `"`
				switch m.field {
				case fieldPrivateKey:
					value = `"` + key + `"`
				case fieldSeed:
					value = `"` + seed + `"`
				case fieldDisplay, fieldLegacy, fieldPartial, fieldKeys, fieldVersion, fieldThreshold:
					value = "null"
				case fieldTransaction, fieldData, fieldPublicKey, fieldSigner:
					value = `""`
				case fieldDriver:
					value = `"sqlite"`
				case fieldName:
					value = `""`
				}
				fields = append(fields, fmt.Sprintf("%q:%s", m.name, value))
			}
			whole := "{" + strings.Join(fields, ",") + "}"
			for _, body := range []string{whole, whole[:len(whole)-1], whole + canary, "{" + strings.Join(append(fields, fmt.Sprintf("%q:1", canary)), ",") + "}"} {
				_, answer := b.do(to.method, to.path, body)
				if text := answer + b.log.String(); strings.Contains(text, canary) || strings.Contains(text, key) || strings.Contains(text, seed) {
					t.Errorf("%s %s: %s", to.method, to.path, text)
				}
				if strings.Contains(answer, "I/O") || strings.Contains(answer, "plain error") {
					t.Errorf("%s %s shows the cause: %s", to.method, to.path, answer)
				}
			}
		}
		if fail != nil && !errors.Is(fail, context.Canceled) && !strings.Contains(b.log.String(), "request failed") {
			t.Errorf("%v is not in the log", fail)
		}
	}
}
