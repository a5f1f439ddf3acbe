package kmd

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The recordings of exchanges with the original daemon, shared with the tests
// of the server.
const recordings = "../../testdata/golden/kmd"

const testToken = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"

// Fixed material of the recordings.
const (
	recordedWallet  = "0c706ba75d292f5e29362102a9d99cc8"
	recordedHandle  = "fb4600e0e7a34e93.04bffd985a9e28591d04c9df29d17c0f4044e9f74edcfd7ee5c8d495581704aa"
	releasedHandle  = "4edcbc37d9766dfd.a6389b0ed535dc276e560932154c1896eb67617a0031f7294e1e600a6eadd914"
	expiredHandle   = "ff576e568e8f41bc.3045936118d93ea31a54b1c6137fc05aaa6da5ebdce0007c2f48ed98677dcd96"
	recordedAddress = "2BFLEMTUFO2KWOQTNC6UMFPE43ICESVXDIAWXL4FECRTFSLXQ43Y4T7XGU"
	derivedAddress  = "RARAQGGTYYIAKPP7M44M2ITTE2AXASJD5VIMPRQDU5VJTK3XAA62OLW7IM"
	multisigAddress = "DF3BJLTLJI32LWCWPZW2PJSNGB7U4VZAI4MC3X5YUTK77NEJJJD5L6TG2Y"
)

var recordedPassword = []byte("open sesame")

type recording struct {
	Request struct {
		Method, Path string
		Headers      map[string]string
		Body         map[string]any
	}
	Response struct {
		Status  int
		Headers map[string]string
		BodyRaw string `json:"body_raw"`
	}
}

// answer is the recorded answer's fields.
func (r recording) answer(t *testing.T) (fields map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.Response.BodyRaw), &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}

func loadRecording(t *testing.T, name string) recording {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(recordings, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

// field is a recorded request or answer field of bytes.
func field(t *testing.T, from map[string]any, name string) []byte {
	t.Helper()
	text, _ := from[name].(string)
	value, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(value) == 0 {
		t.Fatalf("field %s: %v", name, err)
	}
	return value
}

func key(t *testing.T, text string) PublicKey {
	t.Helper()
	value, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return PublicKey(value)
}

// serveRecording answers exactly the recorded request with the recorded bytes.
func serveRecording(t *testing.T, r recording, token string) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		if req.Method != r.Request.Method || req.URL.Path != r.Request.Path {
			t.Errorf("got %s %s, want %s %s", req.Method, req.URL.Path, r.Request.Method, r.Request.Path)
		}
		if want := strings.ReplaceAll(r.Request.Headers[tokenHeader], "$TOKEN", testToken); want != "" && req.Header.Get(tokenHeader) != want {
			t.Errorf("token %q, want %q", req.Header.Get(tokenHeader), want)
		}
		var got map[string]any
		if len(body) > 0 {
			if err := json.Unmarshal(body, &got); err != nil {
				t.Errorf("body %s: %v", body, err)
			}
		}
		if want := withoutEmpty(r.Request.Body); !reflect.DeepEqual(withoutEmpty(got), want) {
			t.Errorf("body %s, want %v", body, want)
		}
		for name, value := range r.Response.Headers {
			w.Header().Set(name, value)
		}
		w.WriteHeader(r.Response.Status)
		io.WriteString(w, r.Response.BodyRaw)
	}))
	t.Cleanup(server.Close)
	client, err := New(Config{Address: server.URL, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// withoutEmpty drops the fields that the daemon cannot tell from missing ones.
func withoutEmpty(fields map[string]any) map[string]any {
	kept := map[string]any{}
	for name, value := range fields {
		if value != nil && value != "" && value != false {
			kept[name] = value
		}
	}
	return kept
}

// TestRecordedAnswers makes each call as it was recorded and compares the
// request on the wire and the decoded answer.
func TestRecordedAnswers(t *testing.T) {
	wallet := func(id, name string) WalletInfo {
		return WalletInfo{ID: id, Name: name, DriverName: "sqlite", DriverVersion: 1, SupportedTransactions: []string{"pay", "keyreg"}}
	}
	golden := Handle{Wallet: wallet(recordedWallet, "golden"), Expires: 59 * time.Second}
	keys := []PublicKey{
		key(t, "0EqyMnQrtKs6E2i9RhXk5tAiSrcaAWuvhSCjMsl3hzc="),
		key(t, "oJql9HpnWYAv+VX43C0qFKXJnSO+l/hkEn/5ODRVpPA="),
		key(t, "11l5O7wTooGagnx2rbb7qKSa7gB/SfLQmS2ZuCWtLEg="),
	}
	preimage := MultisigPreimage{Version: 1, Threshold: 2, Keys: keys}
	masterKey := make([]byte, 32)
	for i := range masterKey {
		masterKey[i] = byte(i)
	}
	// partial is the multisig that a recorded request carries.
	partial := func(r recording) *Multisig {
		m := &Multisig{Version: 1, Threshold: 2}
		for _, sub := range r.Request.Body["partial_multisig"].(map[string]any)["subsig"].([]any) {
			s := Subsig{Key: key(t, sub.(map[string]any)["pk"].(string))}
			if _, signed := sub.(map[string]any)["s"]; signed {
				s.Signature = field(t, sub.(map[string]any), "s")
			}
			m.Subsigs = append(m.Subsigs, s)
		}
		return m
	}
	addresses := func(r recording) []string {
		var all []string
		for _, a := range r.answer(t)["addresses"].([]any) {
			all = append(all, a.(string))
		}
		return all
	}
	tests := []struct {
		recording string
		call      func(ctx context.Context, c *Client, r recording) (any, error)
		want      func(r recording) any
	}{
		{"001-versions", func(ctx context.Context, c *Client, _ recording) (any, error) { return c.Versions(ctx) },
			func(recording) any { return []string{"v1"} }},
		{"026-wallets-empty", func(ctx context.Context, c *Client, _ recording) (any, error) { return c.ListWallets(ctx) },
			func(recording) any { return []WalletInfo(nil) }},
		{"028-wallet-create-fixed-mdk", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return c.CreateWallet(ctx, CreateWalletRequest{Name: "golden", Driver: DriverSQLite, Password: recordedPassword, MasterDerivationKey: masterKey})
		}, func(recording) any { return golden.Wallet }},
		{"060-init", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return c.InitWalletHandle(ctx, InitWalletHandleRequest{ID: recordedWallet, Password: recordedPassword})
		}, func(recording) any { return recordedHandle }},
		{"063-info", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return c.WalletInfo(ctx, recordedHandle)
		},
			func(recording) any { return golden }},
		{"064-renew", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return c.RenewWalletHandle(ctx, recordedHandle)
		},
			func(recording) any { return golden }},
		{"077-release", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return nil, c.ReleaseWalletHandle(ctx, releasedHandle)
		}, func(recording) any { return nil }},
		{"081-master-key-export", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return c.ExportMasterKey(ctx, ExportMasterKeyRequest{Handle: recordedHandle, Password: recordedPassword})
		}, func(recording) any { return masterKey }},
		{"090-key-generate-1", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return c.GenerateKey(ctx, GenerateKeyRequest{Handle: recordedHandle})
		}, func(recording) any { return derivedAddress }},
		{"097-key-import", func(ctx context.Context, c *Client, r recording) (any, error) {
			return c.ImportKey(ctx, ImportKeyRequest{Handle: recordedHandle, PrivateKey: field(t, r.Request.Body, "private_key")})
		}, func(recording) any { return recordedAddress }},
		{"106-key-list", func(ctx context.Context, c *Client, _ recording) (any, error) { return c.ListKeys(ctx, recordedHandle) },
			func(r recording) any { return addresses(r) }},
		{"110-key-export-derived", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return c.ExportKey(ctx, ExportKeyRequest{Handle: recordedHandle, Address: derivedAddress, Password: recordedPassword})
		}, func(r recording) any { return field(t, r.answer(t), "private_key") }},
		{"118-key-delete", func(ctx context.Context, c *Client, r recording) (any, error) {
			return nil, c.DeleteKey(ctx, DeleteKeyRequest{Handle: recordedHandle, Address: r.Request.Body["address"].(string), Password: recordedPassword})
		}, func(recording) any { return nil }},
		{"124-sign-pay", func(ctx context.Context, c *Client, r recording) (any, error) {
			return c.SignTransaction(ctx, SignTransactionRequest{Handle: recordedHandle, Password: recordedPassword, Transaction: field(t, r.Request.Body, "transaction")})
		}, func(r recording) any { return field(t, r.answer(t), "signed_transaction") }},
		{"140-sign-with-public-key", func(ctx context.Context, c *Client, r recording) (any, error) {
			return c.SignTransaction(ctx, SignTransactionRequest{Handle: recordedHandle, Password: recordedPassword, Transaction: field(t, r.Request.Body, "transaction"), PublicKey: keys[1]})
		}, func(r recording) any { return field(t, r.answer(t), "signed_transaction") }},
		{"174-program-sign", func(ctx context.Context, c *Client, r recording) (any, error) {
			return c.SignProgram(ctx, SignProgramRequest{Handle: recordedHandle, Password: recordedPassword, Address: recordedAddress, Program: field(t, r.Request.Body, "data")})
		}, func(r recording) any { return field(t, r.answer(t), "sig") }},
		{"183-multisig-import", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return c.ImportMultisig(ctx, ImportMultisigRequest{Handle: recordedHandle, Preimage: preimage})
		}, func(recording) any { return multisigAddress }},
		{"196-multisig-list", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return c.ListMultisig(ctx, recordedHandle)
		},
			func(r recording) any { return addresses(r) }},
		{"199-multisig-export", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return c.ExportMultisig(ctx, ExportMultisigRequest{Handle: recordedHandle, Address: multisigAddress})
		}, func(recording) any { return preimage }},
		{"204-multisig-sign-start", func(ctx context.Context, c *Client, r recording) (any, error) {
			return c.SignMultisig(ctx, SignMultisigRequest{Handle: recordedHandle, Password: recordedPassword, Transaction: field(t, r.Request.Body, "transaction"), PublicKey: keys[0]})
		}, func(r recording) any { return field(t, r.answer(t), "multisig") }},
		{"205-multisig-sign-add-second", func(ctx context.Context, c *Client, r recording) (any, error) {
			return c.SignMultisig(ctx, SignMultisigRequest{Handle: recordedHandle, Password: recordedPassword, Transaction: field(t, r.Request.Body, "transaction"), PublicKey: keys[1], Partial: partial(r)})
		}, func(r recording) any { return field(t, r.answer(t), "multisig") }},
		{"225-multisig-sign-signer-with-partial", func(ctx context.Context, c *Client, r recording) (any, error) {
			return c.SignMultisig(ctx, SignMultisigRequest{Handle: recordedHandle, Password: recordedPassword, Transaction: field(t, r.Request.Body, "transaction"), PublicKey: keys[0],
				Partial: partial(r), Signer: PublicKey(field(t, r.Request.Body, "signer"))})
		}, func(r recording) any { return field(t, r.answer(t), "multisig") }},
		{"230-multisig-program-start-legacy", func(ctx context.Context, c *Client, r recording) (any, error) {
			return c.SignMultisigProgram(ctx, SignMultisigProgramRequest{Handle: recordedHandle, Password: recordedPassword, Address: multisigAddress, Program: field(t, r.Request.Body, "data"), PublicKey: keys[0], Legacy: true})
		}, func(r recording) any { return field(t, r.answer(t), "multisig") }},
		{"231-multisig-program-add-second", func(ctx context.Context, c *Client, r recording) (any, error) {
			return c.SignMultisigProgram(ctx, SignMultisigProgramRequest{Handle: recordedHandle, Password: recordedPassword, Address: multisigAddress, Program: field(t, r.Request.Body, "data"), PublicKey: keys[1], Partial: partial(r)})
		}, func(r recording) any { return field(t, r.answer(t), "multisig") }},
		{"244-multisig-delete", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return nil, c.DeleteMultisig(ctx, DeleteMultisigRequest{Handle: recordedHandle, Address: multisigAddress, Password: recordedPassword})
		}, func(recording) any { return nil }},
		{"251-rename", func(ctx context.Context, c *Client, _ recording) (any, error) {
			return c.RenameWallet(ctx, RenameWalletRequest{ID: "822718942c78e925a5b22d43e85d7014", Password: []byte("pw"), Name: "renamed"})
		}, func(recording) any { return wallet("822718942c78e925a5b22d43e85d7014", "renamed") }},
	}
	for _, test := range tests {
		t.Run(test.recording, func(t *testing.T) {
			r := loadRecording(t, test.recording)
			got, err := test.call(t.Context(), serveRecording(t, r, testToken), r)
			if err != nil {
				t.Fatal(err)
			}
			if want := test.want(r); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v\nwant %v", got, want)
			}
		})
	}
	if !bytes.Equal(recordedPassword, []byte("open sesame")) {
		t.Error("the caller's password was changed")
	}
}

func TestListWalletsRecorded(t *testing.T) {
	r := loadRecording(t, "055-wallets-list")
	got, err := serveRecording(t, r, testToken).ListWallets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := r.answer(t)["wallets"].([]any)
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d wallets, want %d", len(got), len(want))
	}
	for i, w := range want {
		if fields := w.(map[string]any); got[i].ID != fields["id"] || got[i].Name != fields["name"] {
			t.Errorf("wallet %d: %+v, want %v", i, got[i], fields)
		}
	}
}

func TestRecordedRefusals(t *testing.T) {
	wrongToken := strings.Repeat("f", 64)
	tests := []struct {
		recording, token string
		call             func(ctx context.Context, c *Client, r recording) error
		want             Error
		check            func(error) bool // not nil: must be true
	}{
		{"016-auth-wrong-token", wrongToken, func(ctx context.Context, c *Client, _ recording) error {
			_, err := c.ListWallets(ctx)
			return err
		}, Error{401, MessageBadToken}, nil},
		{"056-init-unknown-wallet", testToken, func(ctx context.Context, c *Client, _ recording) error {
			_, err := c.InitWalletHandle(ctx, InitWalletHandleRequest{ID: strings.Repeat("0", 32), Password: []byte{}})
			return err
		}, Error{400, MessageWalletUnknown}, nil},
		{"058-init-wrong-password", testToken, func(ctx context.Context, c *Client, _ recording) error {
			_, err := c.InitWalletHandle(ctx, InitWalletHandleRequest{ID: recordedWallet, Password: []byte("wrong")})
			return err
		}, Error{401, MessageWrongPassword}, IsWrongPassword},
		{"079-info-after-release", testToken, func(ctx context.Context, c *Client, _ recording) error {
			_, err := c.WalletInfo(ctx, releasedHandle)
			return err
		}, Error{401, MessageHandleUnknown}, IsHandleGone},
		{"262-short-expired", testToken, func(ctx context.Context, c *Client, _ recording) error {
			_, err := c.ListKeys(ctx, expiredHandle)
			return err
		}, Error{401, MessageHandleExpired}, IsHandleGone},
		{"094-key-generate-display-mnemonic", testToken, func(ctx context.Context, c *Client, _ recording) error {
			_, err := c.GenerateKey(ctx, GenerateKeyRequest{Handle: recordedHandle, DisplayMnemonic: true})
			return err
		}, Error{500, "sqlite wallet driver cannot display mnemonics"}, nil},
		{"098-key-import-duplicate", testToken, func(ctx context.Context, c *Client, r recording) error {
			_, err := c.ImportKey(ctx, ImportKeyRequest{Handle: recordedHandle, PrivateKey: field(t, r.Request.Body, "private_key")})
			return err
		}, Error{400, MessageKeyExists}, nil},
		{"112-key-export-unknown-key", testToken, func(ctx context.Context, c *Client, r recording) error {
			_, err := c.ExportKey(ctx, ExportKeyRequest{Handle: recordedHandle, Address: r.Request.Body["address"].(string), Password: recordedPassword})
			return err
		}, Error{400, MessageKeyUnknown}, nil},
		{"146-sign-wrong-password", testToken, func(ctx context.Context, c *Client, r recording) error {
			_, err := c.SignTransaction(ctx, SignTransactionRequest{Handle: recordedHandle, Password: []byte("bad"), Transaction: field(t, r.Request.Body, "transaction")})
			return err
		}, Error{400, MessageWrongPassword}, IsWrongPassword},
		{"009-unknown-path-inside-v1", testToken, func(ctx context.Context, c *Client, _ recording) error {
			return c.call(ctx, http.MethodGet, "/v1/nope", nil, nil)
		}, Error{404, "404 page not found"}, nil},
	}
	for _, test := range tests {
		t.Run(test.recording, func(t *testing.T) {
			r := loadRecording(t, test.recording)
			err := test.call(t.Context(), serveRecording(t, r, test.token), r)
			got, ok := errors.AsType[*Error](err)
			if !ok || *got != test.want {
				t.Fatalf("error %#v, want %+v", err, test.want)
			}
			if err.Error() != test.want.Message {
				t.Errorf("text %q, want the daemon's own %q", err, test.want.Message)
			}
			if test.check != nil && !test.check(err) {
				t.Error("the error is not recognised")
			}
		})
	}
}
