package kmd

import "context"

// Info describes the wallet and the time its handle has left. See [Client.WalletInfo].
func (w *Wallet) Info(ctx context.Context) (Handle, error) {
	return withToken(ctx, w, w.client.WalletInfo)
}

// ListKeys lists the addresses of all keys. See [Client.ListKeys].
func (w *Wallet) ListKeys(ctx context.Context) ([]string, error) {
	return withToken(ctx, w, w.client.ListKeys)
}

// ListMultisig lists the known multisig addresses. See [Client.ListMultisig].
func (w *Wallet) ListMultisig(ctx context.Context) ([]string, error) {
	return withToken(ctx, w, w.client.ListMultisig)
}

// GenerateKey makes the next derived key. See [Client.GenerateKey].
func (w *Wallet) GenerateKey(ctx context.Context, req GenerateKeyRequest) (address string, err error) {
	return withToken(ctx, w, func(ctx context.Context, handle string) (string, error) {
		req.Handle = handle
		return w.client.GenerateKey(ctx, req)
	})
}

// ImportKey adds a private key. See [Client.ImportKey].
func (w *Wallet) ImportKey(ctx context.Context, req ImportKeyRequest) (address string, err error) {
	return withToken(ctx, w, func(ctx context.Context, handle string) (string, error) {
		req.Handle = handle
		return w.client.ImportKey(ctx, req)
	})
}

// ImportMultisig makes a multisig account known. See [Client.ImportMultisig].
func (w *Wallet) ImportMultisig(ctx context.Context, req ImportMultisigRequest) (address string, err error) {
	return withToken(ctx, w, func(ctx context.Context, handle string) (string, error) {
		req.Handle = handle
		return w.client.ImportMultisig(ctx, req)
	})
}

// ExportMultisig returns a known preimage. See [Client.ExportMultisig].
func (w *Wallet) ExportMultisig(ctx context.Context, req ExportMultisigRequest) (MultisigPreimage, error) {
	return withToken(ctx, w, func(ctx context.Context, handle string) (MultisigPreimage, error) {
		req.Handle = handle
		return w.client.ExportMultisig(ctx, req)
	})
}

// ExportMasterKey returns the master derivation key. See [Client.ExportMasterKey].
func (w *Wallet) ExportMasterKey(ctx context.Context, req ExportMasterKeyRequest) (key []byte, err error) {
	return withPassword(ctx, w, req.Password, func(ctx context.Context, handle string, password []byte) ([]byte, error) {
		req.Handle, req.Password = handle, password
		return w.client.ExportMasterKey(ctx, req)
	})
}

// ExportKey returns a private key. See [Client.ExportKey].
func (w *Wallet) ExportKey(ctx context.Context, req ExportKeyRequest) (private []byte, err error) {
	return withPassword(ctx, w, req.Password, func(ctx context.Context, handle string, password []byte) ([]byte, error) {
		req.Handle, req.Password = handle, password
		return w.client.ExportKey(ctx, req)
	})
}

// DeleteKey removes a key. See [Client.DeleteKey].
func (w *Wallet) DeleteKey(ctx context.Context, req DeleteKeyRequest) error {
	_, err := withPassword(ctx, w, req.Password, func(ctx context.Context, handle string, password []byte) (struct{}, error) {
		req.Handle, req.Password = handle, password
		return struct{}{}, w.client.DeleteKey(ctx, req)
	})
	return err
}

// DeleteMultisig forgets a multisig account. See [Client.DeleteMultisig].
func (w *Wallet) DeleteMultisig(ctx context.Context, req DeleteMultisigRequest) error {
	_, err := withPassword(ctx, w, req.Password, func(ctx context.Context, handle string, password []byte) (struct{}, error) {
		req.Handle, req.Password = handle, password
		return struct{}{}, w.client.DeleteMultisig(ctx, req)
	})
	return err
}

// SignTransaction signs with one key. See [Client.SignTransaction].
func (w *Wallet) SignTransaction(ctx context.Context, req SignTransactionRequest) (signed []byte, err error) {
	return withPassword(ctx, w, req.Password, func(ctx context.Context, handle string, password []byte) ([]byte, error) {
		req.Handle, req.Password = handle, password
		return w.client.SignTransaction(ctx, req)
	})
}

// SignProgram signs a program with one key. See [Client.SignProgram].
func (w *Wallet) SignProgram(ctx context.Context, req SignProgramRequest) (signature []byte, err error) {
	return withPassword(ctx, w, req.Password, func(ctx context.Context, handle string, password []byte) ([]byte, error) {
		req.Handle, req.Password = handle, password
		return w.client.SignProgram(ctx, req)
	})
}

// SignMultisig adds one signature to a multisig. See [Client.SignMultisig].
func (w *Wallet) SignMultisig(ctx context.Context, req SignMultisigRequest) (multisig []byte, err error) {
	return withPassword(ctx, w, req.Password, func(ctx context.Context, handle string, password []byte) ([]byte, error) {
		req.Handle, req.Password = handle, password
		return w.client.SignMultisig(ctx, req)
	})
}

// SignMultisigProgram adds one signature under a program. See [Client.SignMultisigProgram].
func (w *Wallet) SignMultisigProgram(ctx context.Context, req SignMultisigProgramRequest) (multisig []byte, err error) {
	return withPassword(ctx, w, req.Password, func(ctx context.Context, handle string, password []byte) ([]byte, error) {
		req.Handle, req.Password = handle, password
		return w.client.SignMultisigProgram(ctx, req)
	})
}

// withToken runs one call through [Wallet.Do].
func withToken[T any](ctx context.Context, w *Wallet, call func(ctx context.Context, handle string) (T, error)) (result T, err error) {
	err = w.Do(ctx, func(ctx context.Context, handle string) (err error) {
		result, err = call(ctx, handle)
		return err
	})
	return result, err
}

// withPassword runs one call that needs a password, which is asked for if given
// is nil and there is someone to ask. (An empty given password is not nil: it
// is what wallets without a password have.)
func withPassword[T any](ctx context.Context, w *Wallet, given []byte, call func(ctx context.Context, handle string, password []byte) (T, error)) (result T, err error) {
	password := given
	if given == nil && w.ask != nil {
		password, err = w.ask(ctx)
		defer clear(password)
		if err != nil {
			return result, err
		}
	}
	return withToken(ctx, w, func(ctx context.Context, handle string) (T, error) {
		return call(ctx, handle, password)
	})
}
