package clef

import (
	"context"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
	"strongroom/internal/server/jsonrpc"
)

// internalMethods lists the namespace clef (§10), which only the UI may call. Nobody is
// asked for approval there; the rules of the UI's listener decide.
func (d *Door) internalMethods() []jsonrpc.Method {
	methods := []jsonrpc.Method{
		{Name: "clef_listAccounts", Run: d.uiListAccounts},
		{Name: "clef_listWallets", Run: d.uiListWallets},
		{Name: "clef_deriveAccount", MinArgs: 2, MaxArgs: 3, Run: d.uiDeriveAccount},
		{Name: "clef_importRawKey", MinArgs: 2, MaxArgs: 2, Run: d.uiImportRawKey},
		{Name: "clef_openWallet", MinArgs: 1, MaxArgs: 2, Run: d.uiOpenWallet},
		{Name: "clef_chainId", Run: d.uiChainID},
		{Name: "clef_setChainId", MinArgs: 1, MaxArgs: 1, Run: d.uiSetChainID},
		{Name: "clef_export", MinArgs: 1, MaxArgs: 1, Run: d.uiExport},
		{Name: "clef_import", MinArgs: 3, MaxArgs: 3, Run: d.uiImport},
		{Name: "clef_new", Run: d.uiNew},
	}
	if d.cfg.Pairing != nil {
		methods = append(methods,
			jsonrpc.Method{Name: "clef_listCallers", Run: d.uiListCallers},
			jsonrpc.Method{Name: "clef_removeCaller", MinArgs: 1, MaxArgs: 1, Run: d.uiRemoveCaller})
	}
	for i := range methods {
		methods[i].Run = d.logged(methods[i].Run)
	}
	return methods
}

// logged notes a call of the UI in Clef's log, without its parameters, of which several
// are secrets. Where the UI may only answer, nothing is called.
func (d *Door) logged(run func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error)) func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) {
	return func(ctx context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
		d.cfg.Audit.Log(c.Method, RequestSide, Field{"metadata", `{"scheme":"ui"}`})
		var result jsonrpc.Result
		err := error(fault.Denied.New("the UI may approve and deny only (--no-change)"))
		if !d.cfg.NoChange {
			result, err = run(ctx, c)
		}
		d.cfg.Audit.Log(c.Method, ResponseSide, failure(err))
		return result, err
	}
}

// uiCaller is the UI as a caller.
func (d *Door) uiCaller() gate.Caller {
	return gate.Caller{Listener: d.cfg.UIListener, Protocol: "clef", Address: "ui", UID: -1, Identity: "ui"}
}

// keystoreScheme begins the URL of a key file.
const keystoreScheme = "keystore://"

func accountOf(k gate.KeyFile) wire.Account {
	return wire.Account{Address: k.Address, URL: keystoreScheme + k.Path}
}

func (d *Door) uiAccounts(ctx context.Context) ([]wire.Account, error) {
	listing, err := d.gate.ListKeyFiles(ctx, d.uiCaller(), nil)
	if err != nil && !fault.Is(err, fault.Unsupported) { // without a key store there are none
		return nil, err
	}
	accounts := make([]wire.Account, len(listing.Accounts))
	for i, k := range listing.Accounts {
		accounts[i] = accountOf(k)
	}
	return accounts, nil
}

func (d *Door) uiListAccounts(ctx context.Context, _ *jsonrpc.Call) (jsonrpc.Result, error) {
	accounts, err := d.uiAccounts(ctx)
	if err != nil || len(accounts) == 0 {
		return nil, err // null, as the peer says
	}
	return jsonrpc.Value(accounts)
}

// walletInfo is a wallet as clef_listWallets shows it. Each key file is one, and closed.
type walletInfo struct {
	URL      string         `json:"url"`
	Status   string         `json:"status"`
	Accounts []wire.Account `json:"accounts"`
}

func (d *Door) uiListWallets(ctx context.Context, _ *jsonrpc.Call) (jsonrpc.Result, error) {
	accounts, err := d.uiAccounts(ctx)
	if err != nil {
		return nil, err
	}
	wallets := make([]walletInfo, len(accounts))
	for i, a := range accounts {
		wallets[i] = walletInfo{URL: a.URL, Status: "Locked", Accounts: accounts[i : i+1]}
	}
	return jsonrpc.Value(wallets)
}

// wallet finds the wallet that a URL names: a key file. Other wallets are hardware,
// of which there is none.
func (d *Door) wallet(ctx context.Context, url string) error {
	scheme, path, ok := strings.Cut(url, "://")
	if !ok || scheme == "" {
		return fault.Invalid.New("protocol scheme missing")
	}
	accounts, err := d.uiAccounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if scheme+"://"+path == a.URL {
			return nil
		}
	}
	return fault.UnknownWallet.New("unknown wallet")
}

func (d *Door) uiDeriveAccount(ctx context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
	url, err := text(c, 0)
	if err != nil {
		return nil, err
	}
	if err := d.wallet(ctx, url); err != nil {
		return nil, err
	}
	return nil, fault.Unsupported.New("not supported")
}

func (d *Door) uiOpenWallet(ctx context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
	url, err := text(c, 0)
	if err != nil {
		return nil, err
	}
	return nil, d.wallet(ctx, url)
}

func (d *Door) uiChainID(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) {
	return d.chainIDText(), nil
}

// chainIDText writes the chain id as a quantity.
func (d *Door) chainIDText() jsonrpc.Result {
	id := d.chainID.Load()
	if id < 0 {
		return jsonrpc.Text("-0x" + strconv.FormatUint(uint64(-id), 16))
	}
	return jsonrpc.Text("0x" + strconv.FormatInt(id, 16))
}

// uiSetChainID takes a number, or its decimal or hex digits. It holds for all requests
// that begin afterwards, until the signer ends.
func (d *Door) uiSetChainID(_ context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
	given := string(c.Args[0])
	if c.Args[0].Kind() == '"' {
		var err error
		if given, err = text(c, 0); err != nil {
			return nil, err
		}
	}
	var id int64
	if given != "" {
		var err error
		if digits, hexadecimal := strings.CutPrefix(strings.ToLower(given), "0x"); hexadecimal {
			id, err = strconv.ParseInt(digits, 16, 64)
		} else {
			id, err = strconv.ParseInt(given, 10, 64)
		}
		if err != nil || id < 0 {
			return nil, jsonrpc.InvalidArgument(0, "invalid hex or decimal integer "+strconv.Quote(given))
		}
	}
	d.chainID.Store(id)
	return d.chainIDText(), nil
}

// uiImportRawKey makes a key file of a private key in the clear.
func (d *Door) uiImportRawKey(ctx context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
	digits, err := secretText(c.Args[0])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(0, fault.Text(err))
	}
	defer digits.Wipe()
	password, err := secretText(c.Args[1])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(1, fault.Text(err))
	}
	defer password.Wipe()
	private, err := parsePrivate(digits)
	if err != nil {
		return nil, err
	}
	defer private.Wipe()
	made, err := d.gate.ImportKeyFile(ctx, d.uiCaller(), private, password)
	if err != nil {
		return nil, err
	}
	return accountResult(made)
}

// parsePrivate reads 64 hex digits. The texts of errors are the peer's, which names the
// first wrong character.
func parsePrivate(digits secret.Bytes) (secret.Bytes, error) {
	text := digits.Expose()
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return secret.Bytes{}, fault.Invalid.New("invalid hex character %q in private key", rune(c))
		}
	}
	if len(text) != 64 {
		return secret.Bytes{}, fault.Invalid.New("invalid length, need 256 bits")
	}
	var raw [32]byte
	defer clear(raw[:])
	if _, err := hex.Decode(raw[:], text); err != nil {
		return secret.Bytes{}, fault.Invalid.New("invalid hex data for private key")
	}
	return secret.Copy(raw[:]), nil
}

// uiExport gives the file of an account as it is.
func (d *Door) uiExport(ctx context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
	address, err := addressArgument(c, 0)
	if err != nil {
		return nil, err
	}
	file, err := d.gate.ExportKeyJSON(ctx, d.uiCaller(), address.Raw())
	if err != nil {
		return nil, err
	}
	v := jsontext.Value(file)
	if err := v.Compact(); err != nil {
		return nil, fault.Corrupt.New("the key file is no JSON")
	}
	return jsonrpc.Result(v), nil
}

// uiImport takes over a key file under a new password.
func (d *Door) uiImport(ctx context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
	old, err := secretText(c.Args[1])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(1, fault.Text(err))
	}
	defer old.Wipe()
	password, err := secretText(c.Args[2])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(2, fault.Text(err))
	}
	defer password.Wipe()
	if c.Args[0].Kind() != '{' {
		return nil, fault.Invalid.New("json: cannot unmarshal %s into Go value of type map[string]interface {}", kindName(c.Args[0]))
	}
	made, err := d.gate.ImportKeyJSON(ctx, d.uiCaller(), c.Args[0], old, password)
	if err != nil {
		return nil, err
	}
	return accountResult(made)
}

// uiNew makes an account without asking whether it may.
func (d *Door) uiNew(ctx context.Context, _ *jsonrpc.Call) (jsonrpc.Result, error) {
	made, err := d.makeAccount(ctx, d.uiCaller(), nil)
	if err != nil {
		return nil, err
	}
	return jsonrpc.Text(wire.Lower(made.Address)), nil
}

func accountResult(k gate.KeyFile) (jsonrpc.Result, error) { return jsonrpc.Value(accountOf(k)) }

// text reads a parameter that is a string.
func text(c *jsonrpc.Call, i int) (string, error) {
	var s string
	if err := json.Unmarshal(c.Args[i], &s); err != nil {
		return "", jsonrpc.InvalidArgument(i, "json: cannot unmarshal "+kindName(c.Args[i])+" into Go value of type string")
	}
	return s, nil
}

// kindName is what a JSON value is called in errors.
func kindName(v jsontext.Value) string {
	switch v.Kind() {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	}
	return "number"
}

// addressArgument reads a parameter that is an address.
func addressArgument(c *jsonrpc.Call, i int) (wire.Address, error) {
	s, err := text(c, i)
	if err != nil {
		return wire.Address{}, err
	}
	a, err := wire.ParseAddress(s)
	if err != nil {
		return wire.Address{}, jsonrpc.InvalidArgument(i, fault.Text(err))
	}
	return a, nil
}

// secretText reads a string that is a secret.
func secretText(v jsontext.Value) (secret.Bytes, error) {
	if v.Kind() != '"' {
		return secret.Bytes{}, fault.Invalid.New("json: cannot unmarshal %s into Go value of type string", kindName(v))
	}
	plain, err := jsontext.AppendUnquote(make([]byte, 0, len(v)), v)
	if err != nil {
		clear(plain)
		return secret.Bytes{}, fault.Invalid.New("no valid text")
	}
	return secret.New(plain), nil
}
