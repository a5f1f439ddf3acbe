package gate

// Operation is one thing that the product does. The set is closed: an operation
// that is not in the table below is refused.
type Operation string

// The operations, in the words of rules, journal and our own API.
const (
	ListWallets    Operation = "wallet.list"
	CreateWallet   Operation = "wallet.create"
	UnlockWallet   Operation = "wallet.unlock"
	LockWallet     Operation = "wallet.lock"
	RenewSession   Operation = "session.renew"
	RenameWallet   Operation = "wallet.rename"
	DeleteWallet   Operation = "wallet.delete"
	ChangePassword Operation = "wallet.password"
	ExportWallet   Operation = "wallet.export"
	ImportWallet   Operation = "wallet.import"
	AdoptWallet    Operation = "wallet.adopt"
	ResolveWallet  Operation = "wallet.resolve"
	ExportSeed     Operation = "seed.export"
	ListKeys       Operation = "key.list"
	GenerateKey    Operation = "key.generate"
	ImportKey      Operation = "key.import"
	ExportKey      Operation = "key.export"
	RenameKey      Operation = "key.rename"
	DeleteKey      Operation = "key.delete"
	ListAccounts   Operation = "account.list"
	ImportAccount  Operation = "account.import"
	ExportAccount  Operation = "account.export"
	DeleteAccount  Operation = "account.delete"
	Sign           Operation = "sign"
	AttestRules    Operation = "rules.attest"
	StoreRules     Operation = "rules.store"
	StorePassword  Operation = "credential.store"
	PairCaller     Operation = "caller.pair"
	ReadApprovals  Operation = "approval.list"
	AnswerApproval Operation = "approval.answer"
	ReadAudit      Operation = "audit.read"
	ReadStatus     Operation = "daemon.status"
	StopDaemon     Operation = "daemon.stop"
)

// auditClass says which outcomes of an operation the journal records.
type auditClass uint8

const (
	auditAlways   auditClass = iota // every call, before its result exists (the zero value)
	auditRefusals                   // only calls that were refused: reads that reveal no secret
)

// operations is the closed set with each one's audit class.
var operations = map[Operation]auditClass{
	ListWallets:    auditRefusals,
	CreateWallet:   auditAlways,
	UnlockWallet:   auditAlways,
	LockWallet:     auditAlways,
	RenewSession:   auditRefusals,
	RenameWallet:   auditAlways,
	DeleteWallet:   auditAlways,
	ChangePassword: auditAlways,
	ExportWallet:   auditAlways,
	ImportWallet:   auditAlways,
	AdoptWallet:    auditAlways,
	ResolveWallet:  auditAlways,
	ExportSeed:     auditAlways,
	ListKeys:       auditRefusals,
	GenerateKey:    auditAlways,
	ImportKey:      auditAlways,
	ExportKey:      auditAlways,
	RenameKey:      auditAlways,
	DeleteKey:      auditAlways,
	ListAccounts:   auditRefusals,
	ImportAccount:  auditAlways,
	ExportAccount:  auditRefusals,
	DeleteAccount:  auditAlways,
	Sign:           auditAlways,
	AttestRules:    auditAlways,
	StoreRules:     auditAlways,
	StorePassword:  auditAlways,
	PairCaller:     auditAlways,
	ReadApprovals:  auditRefusals,
	AnswerApproval: auditAlways,
	ReadAudit:      auditRefusals,
	ReadStatus:     auditRefusals,
	StopDaemon:     auditAlways,
}
