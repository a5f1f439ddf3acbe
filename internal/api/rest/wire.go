package rest

import (
	"bytes"
	"encoding/base64"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Text is a secret that travels as a JSON string.
type Text struct{ secret.Bytes }

// UnmarshalJSONFrom reads a string without making a Go string of it.
func (t *Text) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	defer clear(raw)
	if raw.Kind() != '"' {
		return fault.Invalid.New("a secret must be a string")
	}
	plain, err := jsontext.AppendUnquote(make([]byte, 0, len(raw)), raw)
	t.Bytes = secret.New(plain)
	return err
}

// MarshalJSONTo writes the secret in the clear: for requests that carry one and
// answers that were asked for one.
func (t Text) MarshalJSONTo(e *jsontext.Encoder) error {
	quoted, err := jsontext.AppendQuote(make([]byte, 0, 2*t.Len()+2), t.Expose())
	if err != nil {
		return fault.Invalid.New("a secret given as text must be valid UTF-8")
	}
	defer clear(quoted)
	return e.WriteValue(quoted)
}

// Binary is a secret that travels as base64.
type Binary struct{ secret.Bytes }

// UnmarshalJSONFrom reads standard base64 with padding.
func (b *Binary) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var t Text
	if err := t.UnmarshalJSONFrom(d); err != nil {
		return err
	}
	defer t.Wipe()
	plain := make([]byte, base64.StdEncoding.DecodedLen(t.Len()))
	n, err := base64.StdEncoding.Strict().Decode(plain, t.Expose())
	if err != nil {
		clear(plain)
		return fault.Invalid.New("a secret is not valid base64")
	}
	b.Bytes = secret.New(plain[:n])
	return nil
}

// MarshalJSONTo writes base64.
func (b Binary) MarshalJSONTo(e *jsontext.Encoder) error {
	quoted := make([]byte, 2+base64.StdEncoding.EncodedLen(b.Len()))
	defer clear(quoted)
	base64.StdEncoding.Encode(quoted[1:], b.Expose())
	quoted[0], quoted[len(quoted)-1] = '"', '"'
	return e.WriteValue(quoted)
}

// The bodies of requests and answers. Field names are a stable interface.
type (
	Wallet struct {
		ID       string    `json:"id"`
		Name     string    `json:"name"`
		Created  time.Time `json:"created,omitzero"`
		State    string    `json:"state"` // "open", "locked", "foreign"
		Keys     *int      `json:"keys,omitempty"`
		File     string    `json:"file,omitempty"`
		Conflict string    `json:"conflict,omitempty"`
		Advice   string    `json:"advice,omitempty"`
	}
	Wallets struct {
		Wallets []Wallet `json:"wallets"`
		// Trouble says why files of another program may be missing; "" if none are.
		Trouble string `json:"trouble,omitempty"`
	}
	CreateWallet struct {
		Name     string `json:"name"`
		Password Text   `json:"password"`
		Seed     Binary `json:"seed,omitzero"` // 32 bytes; none draws a random one
		// Words of BIP-39 make the seed instead, with the passphrase that belongs to them.
		Words      Text `json:"words,omitzero"`
		Passphrase Text `json:"passphrase,omitzero"`
	}
	Unlock struct {
		Password Text   `json:"password"`
		For      string `json:"for,omitempty"` // duration, "10m" by default
	}
	Password struct { // any request that may need the wallet's password
		Password Text `json:"password,omitzero"`
	}
	Rename struct {
		Password Text   `json:"password"`
		Name     string `json:"name"`
	}
	ChangePassword struct {
		Password Text `json:"password"`
		New      Text `json:"new"`
	}
	ExportWallet struct {
		Password Text   `json:"password"`
		Format   string `json:"format"` // "kmd", "keosd", "keosd-unnamed"
	}
	ImportWallet struct {
		Name     string `json:"name"`
		Format   string `json:"format"` // "keosd"
		Password Text   `json:"password"`
		File     []byte `json:"file"` // base64
	}
	Resolve struct {
		How      string `json:"how"` // "keep", "as-new"
		Password Text   `json:"password,omitzero"`
		Name     string `json:"name,omitempty"`
	}
	Session struct {
		Wallet   Wallet    `json:"wallet"`
		Deadline time.Time `json:"deadline"`
	}
	Key struct {
		Public    string            `json:"public"` // "ed25519:" and hex
		Usage     uint8             `json:"usage,omitzero"`
		Name      string            `json:"name,omitempty"`
		Index     uint64            `json:"index,omitempty"`
		Chain     string            `json:"chain,omitempty"` // that it was made for
		Path      string            `json:"path,omitempty"`  // that it was drawn from the seed by
		Addresses map[string]string `json:"addresses"`       // by chain: of its own, else of each main network
	}
	Keys struct {
		Keys []Key `json:"keys"`
	}
	DeriveKey struct { // none of the others: the wallet's next key of Algorand
		Password Text    `json:"password,omitzero"`
		Chain    string  `json:"chain,omitempty"`
		Path     string  `json:"path,omitempty"`   // instead of the chain's own, with i for the number
		Number   *uint32 `json:"number,omitempty"` // the next one if absent
		Random   bool    `json:"random,omitempty"` // a random key, which the seed does not bring back
	}
	ImportKey struct {
		Password  Text   `json:"password,omitzero"`
		Chain     string `json:"chain,omitempty"` // noted with the key
		Algorithm string `json:"algorithm"`
		Private   Binary `json:"private"`
	}
	NewKey struct {
		Algorithm string `json:"algorithm"`
		Usage     uint8  `json:"usage,omitzero"` // the key's type in its protocol, see chain/antelope
		Name      string `json:"name,omitempty"`
		Private   Binary `json:"private"`
	}
	ImportKeys struct {
		Password Text     `json:"password,omitzero"`
		Keys     []NewKey `json:"keys"`
	}
	Imported struct {
		Added   int `json:"added"`
		Present int `json:"present"` // were there already, or came twice
	}
	NameKey struct { // export and delete
		Password Text   `json:"password,omitzero"`
		Key      string `json:"key"` // address, or public key as listed
	}
	Private struct {
		Private Binary `json:"private"` // of Ed25519, the public key stands behind the seed
		Key     Key    `json:"key"`
	}
	Seed struct {
		Words      Text `json:"words"`               // of BIP-39
		Passphrase Text `json:"passphrase,omitzero"` // that belongs to the words
	}
	Sign struct {
		Password Text     `json:"password,omitzero"`
		Chain    string   `json:"chain"`
		Form     string   `json:"form"`
		Payload  []byte   `json:"payload"`
		Context  []byte   `json:"context,omitempty"` // what else the form needs
		Key      string   `json:"key,omitempty"`     // address or public key; the chain's choice if empty
		Keys     []string `json:"keys,omitempty"`    // further keys that may sign
	}
	Effect struct {
		Kind string `json:"kind"`
		chain.Effect
	}
	Signed struct {
		Result    []byte   `json:"result"`
		Signature []byte   `json:"signature"`
		Effects   []Effect `json:"effects"`
		Record    uint64   `json:"record"` // in the journal
	}
	Status struct {
		Version   string     `json:"version"`
		Directory string     `json:"directory"`
		PID       int        `json:"pid"`
		Started   time.Time  `json:"started"`
		Memory    string     `json:"memory"` // how keys are kept from swap and dumps
		Sessions  int        `json:"sessions"`
		Wallets   int        `json:"wallets"`
		Journal   uint64     `json:"journal"` // sequence of the last record
		Listeners []Listener `json:"listeners"`
		Advice    []string   `json:"advice,omitempty"`
	}
	Listener struct {
		Name     string `json:"name"`
		Protocol string `json:"protocol"`
		Address  string `json:"address"`
	}
	Failure struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
		Hint string `json:"hint,omitempty"`
	}
	failed struct {
		Error Failure `json:"error"`
	}
)

// Bounds of requests, in bytes. A transaction with the largest program fits easily
// into maxBody; maxImport is for files and many keys at once.
const (
	maxBody   = 4 << 20
	maxImport = 64 << 20
)

// MaxImportFile is the largest wallet file that can be imported: base64 makes four
// bytes of three.
const MaxImportFile = maxImport/4*3 - 4096

// decode reads one strict JSON value: unknown and duplicate fields are refused.
// body is wiped: it may hold secrets.
func decode(body []byte, into any) error {
	defer clear(body)
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	if err := json.Unmarshal(body, into, json.RejectUnknownMembers(true)); err != nil {
		return fault.Invalid.Wrap(err, "the request body does not decode")
	}
	return nil
}

// encode writes an answer through a buffer of its own, which is wiped: those of the
// JSON package go back to a pool as they are, and an answer may hold a key. Names
// in foreign files need not be UTF-8, and must not make a whole list unreadable.
func encode(w io.Writer, v any) error {
	var b bytes.Buffer
	b.Grow(4 << 10) // no answer with a secret is larger, so none is left behind by growing
	defer func() { clear(b.Bytes()[:b.Cap()]) }()
	e := jsontext.NewEncoder(&b, jsontext.AllowInvalidUTF8(true))
	if err := json.MarshalEncode(e, v, json.Deterministic(true)); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
