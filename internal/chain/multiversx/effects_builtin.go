package multiversx

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"strongroom/internal/chain"
)

// builtin shows a function that the protocol itself runs for an account
// (mx-chain-core-go: core.BuiltInFunction…). It reports whether it knows the function.
func (d *description) builtin(c *call) bool {
	switch c.function {
	case "ESDTTransfer":
		d.transfer(c)
	case "ESDTNFTTransfer":
		d.itemTransfer(c)
	case "MultiESDTNFTTransfer":
		d.multiTransfer(c)
	case "ESDTLocalMint":
		d.mint(c, c.token(0), c.number(1), "mint")
	case "ESDTNFTCreate":
		d.mint(c, c.token(0), c.number(1), "new item, name "+quoted(string(c.arg(2))))
	case "ESDTNFTAddQuantity":
		d.mint(c, c.item(0, 1), c.number(2), "mint")
	case "ESDTLocalBurn", "ESDTBurn":
		d.burn(c, c.token(0), c.number(1))
	case "ESDTNFTBurn":
		d.burn(c, c.item(0, 1), c.number(2))
	case "ESDTNFTUpdateAttributes", "ESDTNFTAddURI", "ESDTSetNewURIs", "ESDTModifyRoyalties", "ESDTMetaDataRecreate", "ESDTMetaDataUpdate":
		d.alter(c)
	case "ESDTModifyCreator":
		d.authority(c, chain.Effect{Asset: c.item(0, 1), To: d.tx.Sender, Subject: "creator of the item"})
	case "ChangeOwnerAddress":
		d.authority(c, chain.Effect{Asset: "contract", From: d.tx.Receiver, To: c.account(0), Subject: "owner of the contract"})
	case "SetGuardian":
		d.authority(c, chain.Effect{Asset: "account", To: c.account(0), Subject: "guardian", Detail: "service " + quoted(string(c.arg(1)))})
	case "GuardAccount":
		d.add(chain.Effect{Kind: chain.Authority, Subject: "guardian", Detail: "from now on the guardian must sign too"})
	case "UnGuardAccount":
		d.add(chain.Effect{Kind: chain.Authority, Subject: "guardian", Detail: "from now on no guardian need sign"})
		d.warn("the account loses the protection of its guardian")
	case "SetUserName", "DeleteUserName":
		d.add(chain.Effect{Kind: chain.Authority, From: d.tx.Receiver, Subject: "user name", Detail: quoted(string(c.arg(0)))})
	case "ClaimDeveloperRewards":
		d.add(chain.Effect{
			Kind: chain.Move, Asset: d.chain.network.Symbol, Amount: everything, From: d.tx.Receiver, To: d.tx.Sender, Detail: "developer rewards",
		})
	case "SaveKeyValue":
		d.saveKeyValue(c)
	case "upgradeContract":
		d.upgrade(c)
	case "relayedTx", "relayedTxV2":
		d.opaque(d.tx.Receiver, c.function, "carries a transaction of another account, for which this one pays")
	default:
		return false
	}
	return true
}

// authority shows a change of who may act, if it could be read: asset and account must
// be there. The asset is shown only where it is a token.
func (d *description) authority(c *call, e chain.Effect) {
	if e.Asset == "" || e.To == "" {
		d.malformed(c)
		return
	}
	if e.Asset == "contract" || e.Asset == "account" {
		e.Asset = ""
	}
	e.Kind = chain.Authority
	d.add(e)
}

// saveKeyValue writes to the account's own storage, which contracts and people may read.
func (d *description) saveKeyValue(c *call) {
	if len(c.args) == 0 || len(c.args)%2 != 0 {
		d.malformed(c)
		return
	}
	for i := 0; i < len(c.args); i += 2 {
		d.add(chain.Effect{
			Kind: chain.Message, Subject: "key " + quoted(string(c.args[i])), Detail: "set to " + quoted(string(c.args[i+1])),
		})
	}
}

// deploy is code@virtual machine@metadata[@argument…], sent to the address of zeros.
func (d *description) deploy() {
	code, rest, _ := strings.Cut(string(d.tx.Data), "@")
	raw, err := hex.DecodeString(code)
	machine, ok := parseCall([]byte(rest))
	if err != nil || len(raw) == 0 || !ok || len(machine.args) == 0 {
		d.opaque(d.tx.Receiver, "deploy", "data that is not a deployment")
		return
	}
	d.add(chain.Effect{
		Kind: chain.Deploy, Subject: codeName(raw),
		Detail: "create contract; " + metadata(machine.arg(0)) + "; " + strconv.Itoa(len(machine.args)-1) + " arguments",
	})
}

// upgrade is upgradeContract@code@metadata[@argument…].
func (d *description) upgrade(c *call) {
	if len(c.args) < 2 {
		d.malformed(c)
		return
	}
	d.add(chain.Effect{
		Kind: chain.Deploy, To: d.tx.Receiver, Subject: codeName(c.args[0]),
		Detail: "replace the contract's code; " + metadata(c.args[1]) + "; " + strconv.Itoa(len(c.args)-2) + " arguments",
	})
}

// codeName tells codes apart, by their SHA-256.
func codeName(code []byte) string {
	sum := sha256.Sum256(code)
	return "code " + hex.EncodeToString(sum[:])
}

// metadata says what a contract may be asked later (sdk-core: CodeMetadata).
func metadata(flags []byte) string {
	if len(flags) != 2 || flags[0]&^byte(0x05) != 0 || flags[1]&^byte(0x07) != 0 {
		return "unknown flags " + quoted(string(flags))
	}
	var words []string
	for _, f := range []struct {
		set  bool
		name string
	}{
		{flags[0]&1 != 0, "upgradeable"}, {flags[0]&4 != 0, "readable"}, {flags[1]&2 != 0, "payable"}, {flags[1]&4 != 0, "payable by contracts"},
		{flags[1]&1 != 0, "guarded"},
	} {
		if f.set {
			words = append(words, f.name)
		}
	}
	if len(words) == 0 {
		return "no flags"
	}
	return strings.Join(words, ", ")
}
