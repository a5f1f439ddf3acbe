package kmd_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"strongroom/client/kmd"
)

// Find a wallet by name, keep it open, and list its keys. The example talks to
// a stand-in; a program would use [kmd.FromDataDir].
func Example() {
	daemon := httptest.NewServer(http.HandlerFunc(standIn))
	defer daemon.Close()

	ctx := context.Background()
	client, err := kmd.New(kmd.Config{Address: daemon.URL, Token: token})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	wallets, err := client.ListWallets(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, info := range wallets {
		if info.Name != "payroll" {
			continue
		}
		wallet, err := client.Open(ctx, kmd.OpenWallet{
			ID:          info.ID,
			AskPassword: func(context.Context) ([]byte, error) { return []byte("open sesame"), nil },
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		defer wallet.Close(ctx)
		keys, err := wallet.ListKeys(ctx)
		fmt.Println(keys, err)
	}
	// Output: [RARAQGGTYYIAKPP7M44M2ITTE2AXASJD5VIMPRQDU5VJTK3XAA62OLW7IM] <nil>
}

// The token stands in kmd.token of the daemon's data directory.
const token = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"

func standIn(w http.ResponseWriter, r *http.Request) {
	const wallet = `{"id":"0c706ba75d292f5e29362102a9d99cc8","name":"payroll","driver_name":"sqlite","driver_version":1,"mnemonic_ux":false,"supported_txs":["pay","keyreg"]}`
	switch r.URL.Path {
	case "/v1/wallets":
		io.WriteString(w, `{"wallets":[`+wallet+`]}`)
	case "/v1/wallet/init":
		io.WriteString(w, `{"wallet_handle_token":"fb4600e0e7a34e93.04bffd985a9e28591d04c9df29d17c0f4044e9f74edcfd7ee5c8d495581704aa"}`)
	case "/v1/wallet/info", "/v1/wallet/renew":
		io.WriteString(w, `{"wallet_handle":{"wallet":`+wallet+`,"expires_seconds":59}}`)
	case "/v1/key/list":
		io.WriteString(w, `{"addresses":["RARAQGGTYYIAKPP7M44M2ITTE2AXASJD5VIMPRQDU5VJTK3XAA62OLW7IM"]}`)
	default:
		io.WriteString(w, `{}`)
	}
}
