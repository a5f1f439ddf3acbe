package archtest

// layer is a set of packages, named below internal/ (or from the root, for
// client and cmd). A star stands for one path element.
type layer []string

// layers lists all packages, bottom first. A package may import packages of
// lower layers and nothing else of the project: not the ones beside it, so that
// siblings (two chains, two APIs, two engines) share by moving code down.
func layers() []layer {
	return []layer{
		{"fault", "atomicfile"},
		{"secret", "curve", "codec/*"},
		{"hd", "chain"},
		{"chain/solidity", "chain/hexaccount"}, // what families share that are like Ethereum
		{"chain/*"},
		{"chain/all", "seal", "store", "policy", "approval"},
		{"foreign/web3crypto"}, // what key files and Clef's seed share
		{"store/*", "policy/*", "foreign/*", "audit"},
		{"gate/internal/vault/*"},
		{"gate/internal/vault"},
		{"gate/internal/wallet"},
		{"gate"},
		{"server", "config", "telemetry", "bench"},
		{"telemetry/*", "server/*"},
		{"api/clef/wire"}, // what the parts of Clef's API share
		{"api/clef/*"},
		{"api", "api/*"}, // api: what the package for tests api/apitest is about
		{"api/all"},
		{"daemon"},
		{"cli"},
		{"cmd/*"},
	}
}

// alone lists packages whose product code imports nothing of the project and
// which nothing in it imports: what users of the project import, and tests of
// the whole.
func alone() []string { return []string{"client/*", "archtest", "e2e"} }

// guarded lists packages with fewer importers than their layer would allow.
func guarded() map[string][]string {
	return map[string][]string{
		"gate/internal/*": {"gate", "gate/internal/*"}, // private keys: only through the gate
		"store/*":         {"daemon"},                  // everybody else sees the interface
		"chain/all":       {"daemon", "cli"},           // the gate is given its chains; the command line decodes without a daemon
		"api/all":         {"cmd/*"},                   // main hands its programs to the command line
		"cli":             {"cmd/*"},

		"gate/internal/vault/*": {"gate/internal/vault"},

		// Other daemons' files are opened at unlock only; two of them share web3crypto.
		"foreign/*": {"gate/internal/wallet", "foreign/web3file", "foreign/clefdir"},
	}
}

// libraries lists every third-party module (by path prefix) with the packages
// whose product code may import it. Test code is free, see testLibraries.
func libraries() map[string][]string {
	return map[string][]string{
		"modernc.org/sqlite":                     {"store/sqlite", "foreign/kmdfile"},
		"github.com/spf13/cobra":                 {"cli"},
		"github.com/spf13/pflag":                 {"cli"}, // the types of cobra's flags
		"github.com/pelletier/go-toml/v2":        {"config"},
		"github.com/go-json-experiment/json":     {"api/*", "api/clef/*", "server/jsonrpc", "policy/clefjs", "cli", "foreign/*", "chain/*"},
		"github.com/gofrs/flock":                 {"daemon", "api/kmd"}, // our directories; kmd.lock, where goal looks
		"golang.org/x/crypto/argon2":             {"seal"},
		"golang.org/x/crypto/chacha20poly1305":   {"seal", "gate/internal/vault"},
		"golang.org/x/crypto/scrypt":             {"foreign/*"},
		"golang.org/x/crypto/nacl/secretbox":     {"foreign/*"},
		"golang.org/x/crypto/salsa20/salsa":      {"foreign/*"},
		"golang.org/x/crypto/ripemd160":          {"chain/*", "hd"},                      // checksums, addresses and fingerprints
		"golang.org/x/crypto/sha3":               {"chain/*", "foreign/*", "api/clef/*"}, // keccak-256
		"golang.org/x/crypto/blake2b":            {"chain/*"},
		"golang.org/x/text/unicode/norm":         {"hd"},         // words and passphrases
		"google.golang.org/protobuf":             {"chain/tron"}, // its wire format only
		"filippo.io/edwards25519":                {"gate/internal/vault/edwards"},
		"golang.org/x/sys/unix":                  {"secret", "audit", "store/*", "server", "api/kmd", "daemon", "bench", "cli", "policy/clefjs", "foreign/web3file"},
		"golang.org/x/term":                      {"cli", "api/clef/*", "api/clef"},
		"github.com/prometheus/client_golang":    {"telemetry"},
		"github.com/landlock-lsm/go-landlock":    {"policy/clefjs"}, // the processes that run rules
		"github.com/coreos/go-systemd/v22":       {"daemon"},
		"github.com/dop251/goja":                 {"policy/clefjs"},
		"github.com/btcsuite/btcd":               {"chain/bitcoin"},
		"github.com/fsnotify/fsnotify":           {"foreign/web3file"},
		"github.com/stellar/go-stellar-sdk":      {"chain/stellar"},
		"github.com/decred/dcrd/dcrec/secp256k1": {"curve", "gate/internal/vault/weierstrass"},

		"github.com/ethereum/go-ethereum/crypto/secp256k1": {"curve", "gate/internal/vault/weierstrass"}, // cgo: libsecp256k1
		"github.com/ethereum/go-ethereum/crypto/kzg4844":   {"api/clef/wire"},                            // commitments and proofs of blobs
		"github.com/ethereum/go-ethereum/signer/fourbyte":  {"api/clef/selector"},                        // the table of selectors
	}
}

// verifiersOnly lists the packages that may take from curve libraries what checks
// signatures, but nothing that makes them: they never see a private key.
func verifiersOnly() []string { return []string{"curve"} }

// testLibraries may be imported by _test.go files and by packages for tests
// (whose names end in "test") only.
func testLibraries() []string {
	return []string{"github.com/google/go-cmp", "github.com/rogpeppe/go-internal", "pgregory.net/rapid"}
}

// oracles are libraries that only the module in oracle/ imports, which the product is
// compared with and does not link. Tests of the product have what they say as vectors.
func oracles() []string {
	return []string{
		"github.com/ethereum/go-ethereum", // but for what is among the libraries
		"github.com/holiman/uint256",
		"github.com/btcsuite/btcd/btcutil/psbt",
		"github.com/btcsuite/btcd/btcutil/hdkeychain",
		"github.com/stellar/go-stellar-sdk/strkey",
		"github.com/stellar/go-stellar-sdk/network",
		"github.com/stellar/go-stellar-sdk/gxdr",
		"github.com/stellar/go-stellar-sdk/randxdr",
		"github.com/xdrpp/goxdr",
	}
}

// blankImports lists the imports for their side effect that are allowed, with
// the packages that have them. An embedded file needs the import of "embed".
func blankImports() map[string][]string {
	return map[string][]string{
		"modernc.org/sqlite": {"store/sqlite", "foreign/kmdfile"},
		"embed":              {"*", "*/*"},
	}
}

// exposedText lists the files that may turn a secret into a string, with the
// reason why there is no other way.
func exposedText() map[string]string {
	return map[string]string{}
}
