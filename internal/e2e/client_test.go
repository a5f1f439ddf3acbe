package e2e

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io/fs"
	"slices"
	"testing"
	"time"

	client "strongroom/client/kmd"
)

// TestClient takes the public Go client through everything it can do.
func TestClient(t *testing.T) {
	t.Parallel()
	k := startKmd(t, newDir(t, "main"))
	c, err := client.FromDataDir(k.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx := t.Context()
	password, seed := []byte("päss\"word"), bytes.Repeat([]byte{0x21}, 32)

	if versions, err := c.Versions(ctx); err != nil || !slices.Equal(versions, []string{"v1"}) {
		t.Errorf("versions %v, %v", versions, err)
	}
	if doc, err := c.Swagger(ctx); err != nil || !bytes.Contains(doc, []byte(`"swagger"`)) {
		t.Errorf("swagger: %.40s, %v", doc, err)
	}
	if wallets, err := c.ListWallets(ctx); err != nil || len(wallets) != 0 {
		t.Errorf("wallets %v, %v", wallets, err)
	}
	made, err := c.CreateWallet(ctx, client.CreateWalletRequest{Name: "tour", Driver: client.DriverSQLite, Password: password, MasterDerivationKey: seed})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.CreateWallet(ctx, client.CreateWalletRequest{Name: "tour", Driver: client.DriverSQLite})
	wantRefusal(t, err, 400, client.MessageWalletExists)
	_, err = c.Open(ctx, client.OpenWallet{ID: made.ID, Password: []byte("not it")})
	wantRefusal(t, err, 401, client.MessageWrongPassword)
	if !client.IsWrongPassword(err) {
		t.Errorf("%v is not a wrong password to the client", err)
	}
	if made, err = c.RenameWallet(ctx, client.RenameWalletRequest{ID: made.ID, Password: password, Name: "the tour"}); err != nil || made.Name != "the tour" {
		t.Errorf("renamed: %+v, %v", made, err)
	}

	w, err := c.Open(ctx, client.OpenWallet{ID: made.ID, AskPassword: func(context.Context) ([]byte, error) { return bytes.Clone(password), nil }})
	if err != nil {
		t.Fatal(err)
	}
	if h, err := w.Info(ctx); err != nil || h.Wallet.Name != "the tour" || h.Expires <= 0 || h.Expires > time.Minute {
		t.Errorf("info %+v, %v", h, err)
	}
	if got, err := w.ExportMasterKey(ctx, client.ExportMasterKeyRequest{}); err != nil || !bytes.Equal(got, seed) {
		t.Errorf("master key: %v", err)
	}
	first, err := w.GenerateKey(ctx, client.GenerateKeyRequest{})
	if err != nil || first != addressOfSeed(derivedSeed(seed, 1)) {
		t.Fatalf("generated %s, %v", first, err)
	}
	_, err = w.GenerateKey(ctx, client.GenerateKeyRequest{DisplayMnemonic: true})
	wantRefusal(t, err, 500, "sqlite wallet driver cannot display mnemonics")
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{0x42}, 32))
	imported, err := w.ImportKey(ctx, client.ImportKeyRequest{PrivateKey: private})
	if err != nil || imported != addressOfSeed(private[:32]) {
		t.Fatalf("imported %s, %v", imported, err)
	}
	_, err = w.ImportKey(ctx, client.ImportKeyRequest{PrivateKey: private})
	wantRefusal(t, err, 400, client.MessageKeyExists)
	if got, err := w.ExportKey(ctx, client.ExportKeyRequest{Address: imported}); err != nil || !bytes.Equal(got, private) {
		t.Errorf("exported: %v", err)
	}
	if keys, err := w.ListKeys(ctx); err != nil || !slices.Equal(keys, inByteOrder(slices.Values([]string{first, imported}))) {
		t.Errorf("keys %v, %v", keys, err)
	}
	clientSigns(t, w, first, imported, private)

	if err := w.DeleteKey(ctx, client.DeleteKeyRequest{Address: imported}); err != nil {
		t.Error(err)
	}
	_, err = w.SignProgram(ctx, client.SignProgramRequest{Address: imported, Program: []byte{1}})
	wantRefusal(t, err, 400, client.MessageKeyUnknown)
	if err := w.Close(ctx); err != nil {
		t.Error(err)
	}
	if _, err := w.ListKeys(ctx); !errors.Is(err, client.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
	if s := k.adminWallet(made.ID).State; s != "locked" {
		t.Errorf("the wallet is %s after the client closed it", s)
	}
	k.stop()
	if _, err := client.FromDataDir(k.Dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a daemon: %v", err)
	}
}

// clientSigns makes every kind of signature and checks it by the public key.
func clientSigns(t *testing.T, w *client.Wallet, first, imported string, private ed25519.PrivateKey) {
	t.Helper()
	ctx, public := t.Context(), private.Public().(ed25519.PublicKey)
	program := []byte{1, 0x20, 1, 1, 0x22}
	own, txn := client.PublicKey(public), payment(t, imported)
	wantSignature := func(what string, in, message []byte) {
		t.Helper()
		if want := ed25519.Sign(private, message); !bytes.Contains(in, want) {
			t.Errorf("%s: %x does not hold the signature", what, in)
		}
	}
	signed, err := w.SignTransaction(ctx, client.SignTransactionRequest{Transaction: txn})
	if err != nil || !bytes.HasSuffix(signed, txn) {
		t.Errorf("transaction: %x, %v", signed, err)
	}
	wantSignature("transaction", signed, append([]byte("TX"), txn...))
	signature, err := w.SignProgram(ctx, client.SignProgramRequest{Address: imported, Program: program})
	if err != nil {
		t.Error(err)
	}
	wantSignature("program", signature, append([]byte("Program"), program...))

	preimage := client.MultisigPreimage{Version: 1, Threshold: 2, Keys: []client.PublicKey{client.PublicKey(rawAddress(t, first)), own}}
	msig, err := w.ImportMultisig(ctx, client.ImportMultisigRequest{Preimage: preimage})
	if err != nil {
		t.Fatal(err)
	}
	if list, err := w.ListMultisig(ctx); err != nil || !slices.Equal(list, []string{msig}) {
		t.Errorf("multisig accounts %v, %v", list, err)
	}
	if got, err := w.ExportMultisig(ctx, client.ExportMultisigRequest{Address: msig}); err != nil || got.Threshold != 2 || !slices.Equal(got.Keys, preimage.Keys) {
		t.Errorf("multisig preimage %+v, %v", got, err)
	}
	txn = payment(t, msig)
	started, err := w.SignMultisig(ctx, client.SignMultisigRequest{Transaction: txn, PublicKey: own})
	if err != nil {
		t.Error(err)
	}
	wantSignature("multisig", started, append([]byte("TX"), txn...))
	partial := &client.Multisig{Version: 1, Threshold: 2, Subsigs: []client.Subsig{
		{Key: preimage.Keys[0]}, {Key: own, Signature: ed25519.Sign(private, append([]byte("TX"), txn...))},
	}}
	both, err := w.SignMultisig(ctx, client.SignMultisigRequest{Transaction: txn, PublicKey: preimage.Keys[0], Partial: partial})
	if err != nil || len(both) <= len(started) {
		t.Errorf("second signature: %d bytes after %d, %v", len(both), len(started), err)
	}
	wantSignature("both", both, append([]byte("TX"), txn...))
	forProgram, err := w.SignMultisigProgram(ctx, client.SignMultisigProgramRequest{Address: msig, Program: program, PublicKey: own})
	if err != nil {
		t.Error(err)
	}
	wantSignature("multisig program", forProgram, slices.Concat([]byte("MsigProgram"), rawAddress(t, msig), program))
	legacy, err := w.SignMultisigProgram(ctx, client.SignMultisigProgramRequest{Address: msig, Program: program, PublicKey: own, Legacy: true})
	if err != nil {
		t.Error(err)
	}
	wantSignature("legacy multisig program", legacy, append([]byte("Program"), program...))
	if err := w.DeleteMultisig(ctx, client.DeleteMultisigRequest{Address: msig}); err != nil {
		t.Error(err)
	}
	if list, err := w.ListMultisig(ctx); err != nil || len(list) != 0 {
		t.Errorf("multisig accounts after the deletion: %v, %v", list, err)
	}
}

// TestClientRenews keeps a wallet open over several lives of its handle, and opens
// it again when the daemon has forgotten it.
func TestClientRenews(t *testing.T) {
	t.Parallel()
	k := startKmd(t, newDir(t, "short")) // handles live for a second
	c, err := client.FromDataDir(k.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx := t.Context()
	id := k.wallet("w", "pw")
	asked := 0
	w, err := c.Open(ctx, client.OpenWallet{ID: id, AskPassword: func(context.Context) ([]byte, error) {
		asked++
		return []byte("pw"), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close(ctx)
	var handle string
	if err := w.Do(ctx, func(_ context.Context, h string) error { handle = h; return nil }); err != nil {
		t.Fatal(err)
	}
	other := k.open(id, "pw") // what becomes of a handle that nobody renews
	await(t, "a handle to expire", func() bool {
		status, _, err := k.call("POST", "/v1/key/list", object{"wallet_handle_token": other})
		return err == nil && status == 401
	})
	time.Sleep(time.Second) // so that more than one renewal was needed
	if _, err := w.GenerateKey(ctx, client.GenerateKeyRequest{}); err != nil {
		t.Errorf("after more than a life: %v", err)
	}
	err = w.Do(ctx, func(_ context.Context, h string) error {
		if h != handle {
			t.Error("the handle was replaced, not renewed")
		}
		return nil
	})
	if err != nil || asked != 1 {
		t.Errorf("asked for the password %d times: %v", asked, err)
	}
	if err := c.ReleaseWalletHandle(ctx, handle); err != nil {
		t.Fatal(err)
	}
	if _, err := w.GenerateKey(ctx, client.GenerateKeyRequest{}); err != nil || asked != 2 {
		t.Errorf("after the handle has gone, asked %d times: %v", asked, err)
	}
	if keys, err := w.ListKeys(ctx); err != nil || len(keys) != 2 {
		t.Errorf("keys %v, %v", keys, err)
	}
}

func wantRefusal(t *testing.T, err error, status int, message string) {
	t.Helper()
	var refusal *client.Error
	if !errors.As(err, &refusal) || refusal.Status != status || refusal.Message != message {
		t.Errorf("%v, want %d %q", err, status, message)
	}
}
