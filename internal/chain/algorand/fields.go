package algorand

// The values of a transaction's "type".
const (
	typePayment    = "pay"
	typeKeyReg     = "keyreg"
	typeAssetConf  = "acfg"
	typeAssetMove  = "axfer"
	typeAssetHold  = "afrz"
	typeAppCall    = "appl"
	typeStateProof = "stpf"
	typeHeartbeat  = "hb"
)

// fieldID numbers the fields of a transaction in declared order.
type fieldID uint8

const (
	fieldType fieldID = iota
	fieldSender
	fieldFee
	fieldFirstValid
	fieldLastValid
	fieldNote
	fieldGenesisID
	fieldGenesisHash
	fieldGroup
	fieldLease
	fieldRekeyTo

	fieldVoteKey
	fieldSelectionKey
	fieldStateProofKey
	fieldVoteFirst
	fieldVoteLast
	fieldVoteDilution
	fieldNonparticipating

	fieldReceiver
	fieldAmount
	fieldCloseTo

	fieldConfigAsset
	fieldAssetParams

	fieldXferAsset
	fieldAssetAmount
	fieldAssetSender
	fieldAssetReceiver
	fieldAssetCloseTo

	fieldFreezeAccount
	fieldFreezeAsset
	fieldFrozen

	fieldApplication
	fieldOnCompletion
	fieldArguments
	fieldAccounts
	fieldForeignAssets
	fieldForeignApps
	fieldAccess
	fieldBoxes
	fieldLocalSchema
	fieldGlobalSchema
	fieldApproval
	fieldClear
	fieldExtraPages
	fieldRejectVersion

	fieldProofType
	fieldProof
	fieldProofMessage

	fieldHeartbeat

	fieldCount
)

// Limits that several fields share. They are those of the newest protocol that
// the peer knows.
const (
	maxPayload   = 4 << 20 // of anything that is signed here
	maxProgram   = 16384   // approval and clear programs
	maxForeign   = 32      // arguments, accounts, assets, applications, boxes
	maxReveals   = 640     // of a state proof
	maxProofPath = 1 << 15 // of a Merkle proof
)

// transactionRecord is every field of a transaction: name, kind and limit. It
// is the only place that knows them; the normaliser, the decoder and the check
// for fields of another type all walk it.
var transactionRecord = newRecord(transactionFields[:])

var transactionFields = [fieldCount]member{
	fieldType:        {"type", text(7), ""},
	fieldSender:      {"snd", fixed(32), ""},
	fieldFee:         {"fee", uints(64), ""},
	fieldFirstValid:  {"fv", uints(64), ""},
	fieldLastValid:   {"lv", uints(64), ""},
	fieldNote:        {"note", blob(4096), ""},
	fieldGenesisID:   {"gen", text(128), ""},
	fieldGenesisHash: {"gh", fixed(32), ""},
	fieldGroup:       {"grp", fixed(32), ""},
	fieldLease:       {"lx", fixed(32), ""},
	fieldRekeyTo:     {"rekey", fixed(32), ""},

	fieldVoteKey:          {"votekey", fixed(32), typeKeyReg},
	fieldSelectionKey:     {"selkey", fixed(32), typeKeyReg},
	fieldStateProofKey:    {"sprfkey", fixed(64), typeKeyReg},
	fieldVoteFirst:        {"votefst", uints(64), typeKeyReg},
	fieldVoteLast:         {"votelst", uints(64), typeKeyReg},
	fieldVoteDilution:     {"votekd", uints(64), typeKeyReg},
	fieldNonparticipating: {"nonpart", boolean(), typeKeyReg},

	fieldReceiver: {"rcv", fixed(32), typePayment},
	fieldAmount:   {"amt", uints(64), typePayment},
	fieldCloseTo:  {"close", fixed(32), typePayment},

	fieldConfigAsset: {"caid", uints(64), typeAssetConf},
	fieldAssetParams: {"apar", assetParams(), typeAssetConf},

	fieldXferAsset:     {"xaid", uints(64), typeAssetMove},
	fieldAssetAmount:   {"aamt", uints(64), typeAssetMove},
	fieldAssetSender:   {"asnd", fixed(32), typeAssetMove},
	fieldAssetReceiver: {"arcv", fixed(32), typeAssetMove},
	fieldAssetCloseTo:  {"aclose", fixed(32), typeAssetMove},

	fieldFreezeAccount: {"fadd", fixed(32), typeAssetHold},
	fieldFreezeAsset:   {"faid", uints(64), typeAssetHold},
	fieldFrozen:        {"afrz", boolean(), typeAssetHold},

	fieldApplication:   {"apid", uints(64), typeAppCall},
	fieldOnCompletion:  {"apan", uints(64), typeAppCall},
	fieldArguments:     {"apaa", list(maxForeign, blob(maxPayload)), typeAppCall},
	fieldAccounts:      {"apat", list(maxForeign, fixed(32)), typeAppCall},
	fieldForeignAssets: {"apas", list(maxForeign, uints(64)), typeAppCall},
	fieldForeignApps:   {"apfa", list(maxForeign, uints(64)), typeAppCall},
	fieldAccess:        {"al", list(16, accessEntry()), typeAppCall},
	fieldBoxes:         {"apbx", list(maxForeign, boxRef()), typeAppCall},
	fieldLocalSchema:   {"apls", stateSchema(), typeAppCall},
	fieldGlobalSchema:  {"apgs", stateSchema(), typeAppCall},
	fieldApproval:      {"apap", blob(maxProgram), typeAppCall},
	fieldClear:         {"apsu", blob(maxProgram), typeAppCall},
	fieldExtraPages:    {"apep", uints(32), typeAppCall},
	fieldRejectVersion: {"aprv", uints(64), typeAppCall},

	fieldProofType:    {"sptype", uints(64), typeStateProof},
	fieldProof:        {"sp", stateProof(), typeStateProof},
	fieldProofMessage: {"spmsg", stateProofMessage(), typeStateProof},

	fieldHeartbeat: {"hb", keepEmpty(heartbeat()), typeHeartbeat},
}

func assetParams() shape {
	return fields(
		field("t", uints(64)), field("dc", uints(32)), field("df", boolean()),
		field("un", text(8)), field("an", text(32)), field("au", text(96)), field("am", fixed(32)),
		field("m", fixed(32)), field("r", fixed(32)), field("f", fixed(32)), field("c", fixed(32)),
	)
}

func boxRef() shape {
	return fields(field("i", uints(64)), field("n", blob(128)))
}

func accessEntry() shape {
	holding := fields(field("d", uints(64)), field("s", uints(64)))
	locals := fields(field("d", uints(64)), field("p", uints(64)))
	return fields(
		field("d", fixed(32)), field("s", uints(64)), field("p", uints(64)),
		field("h", holding), field("l", locals), field("b", boxRef()),
	)
}

func stateSchema() shape {
	return fields(field("nui", uints(64)), field("nbs", uints(64)))
}

func heartbeat() shape {
	proof := fields(
		field("s", fixed(64)), field("p", fixed(32)), field("p2", fixed(32)),
		field("p1s", fixed(64)), field("p2s", fixed(64)),
	)
	return fields(
		field("a", fixed(32)), field("prf", proof), field("sd", fixed(32)),
		field("vid", fixed(32)), field("kd", uints(64)), field("c", boolean()),
	)
}

func merkleProof() shape {
	return fields(
		field("pth", list(maxProofPath, blob(64))),
		field("hsh", fields(field("t", uints(64)))),
		field("td", uints(8)),
	)
}

func stateProof() shape {
	signature := fields(
		field("sig", blob(maxProgram)), field("idx", uints(64)), field("prf", merkleProof()),
		field("vkey", fields(field("k", blob(maxProgram)))),
	)
	participant := fields(
		field("p", fields(field("cmt", fixed(64)), field("lf", uints(64)))),
		field("w", uints(64)),
	)
	reveal := fields(
		field("s", fields(field("s", signature), field("l", uints(64)))),
		field("p", participant),
	)
	return fields(
		field("c", blob(64)), field("w", uints(64)), field("S", merkleProof()), field("P", merkleProof()),
		field("v", uints(8)), field("r", table(maxReveals, reveal)), field("pr", list(maxReveals, uints(64))),
	)
}

func stateProofMessage() shape {
	return fields(
		field("b", blob(64)), field("v", blob(64)), field("P", uints(64)),
		field("f", uints(64)), field("l", uints(64)),
	)
}
