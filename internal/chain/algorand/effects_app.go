package algorand

import (
	"encoding/hex"
	"strings"

	"strongroom/internal/chain"
)

// What happens to an application, or the sender's part in it, when a call succeeds.
const (
	completeNoOp     = 0
	completeOptIn    = 1
	completeCloseOut = 2
	completeClear    = 3
	completeUpdate   = 4
	completeDelete   = 5
)

var completionNames = [...]string{
	completeNoOp: "call", completeOptIn: "opt-in", completeCloseOut: "close-out",
	completeClear: "clear state", completeUpdate: "update", completeDelete: "delete",
}

// applicationCall reports the call itself, whose inner effects nobody can know
// from the transaction, and what the completion does to the application.
func (d *description) applicationCall() {
	t := d.t
	id, completion := t.uint(fieldApplication), t.uint(fieldOnCompletion)
	app := "new application"
	if id != 0 {
		app = "application " + decimal(id)
	}
	what := "unknown completion " + decimal(completion)
	if completion < uint64(len(completionNames)) {
		what = completionNames[completion]
	} else {
		d.opaque("apan", what)
	}
	d.add(chain.Effect{
		Kind: chain.Call, To: app, Subject: app,
		Detail: phrases(what, "inner effects unknown", t.callArguments(), t.callReferences()),
	})

	replaces := true
	switch {
	case id == 0:
		d.add(chain.Effect{Kind: chain.Deploy, Subject: app, Detail: phrases("create", t.programDigests())})
	case completion == completeUpdate:
		d.add(chain.Effect{Kind: chain.Deploy, Subject: app, Detail: phrases("update", t.programDigests())})
	default:
		replaces = false
	}
	if completion == completeDelete {
		d.add(chain.Effect{Kind: chain.Destroy, Subject: app, Detail: "delete"})
	}
	for _, f := range [...]fieldID{fieldApproval, fieldClear} {
		if t.has(f) && !replaces {
			d.opaque(transactionFields[f].name, "program in a call that neither creates nor updates")
		}
	}
}

// programDigests names both programs as the network does, by their addresses.
func (t *transaction) programDigests() string {
	digest := func(what string, f fieldID) string {
		if !t.has(f) {
			return "no " + what + " program"
		}
		return what + " program " + programAddress(t.bytes(f)).String()
	}
	return phrases(digest("approval", fieldApproval), digest("clear", fieldClear))
}

// callArguments tells how many arguments there are, and the method selector if
// the first looks like one (ARC-4: four bytes).
func (t *transaction) callArguments() string {
	arguments := t.list(fieldArguments)
	if len(arguments) == 0 {
		return ""
	}
	text := decimal(uint64(len(arguments))) + " arguments"
	if selector := readBytes(arguments[0]); len(selector) == 4 {
		text += ", method " + hex.EncodeToString(selector)
	}
	return text
}

// callReferences lists what the call may touch besides the application's own
// state, from the access list and from the older separate lists.
func (t *transaction) callReferences() string {
	var accounts, assets, apps []string
	boxes := len(t.list(fieldBoxes))
	for _, item := range t.list(fieldAccounts) {
		accounts = append(accounts, readAddress(item).String())
	}
	for _, item := range t.list(fieldForeignAssets) {
		assets = append(assets, decimal(readUint(item)))
	}
	for _, item := range t.list(fieldForeignApps) {
		apps = append(apps, decimal(readUint(item)))
	}
	for _, entry := range t.list(fieldAccess) {
		if a := readAddress(findValue(entry, "d")); !a.IsZero() {
			accounts = append(accounts, a.String())
		}
		if id := readUint(findValue(entry, "s")); id != 0 {
			assets = append(assets, decimal(id))
		}
		if id := readUint(findValue(entry, "p")); id != 0 {
			apps = append(apps, decimal(id))
		}
		if findValue(entry, "b") != nil {
			boxes++
		}
	}
	boxText := ""
	if boxes > 0 {
		boxText = decimal(uint64(boxes)) + " boxes"
	}
	return phrases(listed("accounts", accounts), listed("assets", assets), listed("applications", apps), boxText)
}

func listed(what string, items []string) string {
	if len(items) == 0 {
		return ""
	}
	return what + " " + strings.Join(items, ", ")
}
