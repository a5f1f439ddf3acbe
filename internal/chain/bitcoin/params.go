package bitcoin

// Params is what tells one network of the family from another: how it writes
// addresses and keys, how it hashes, and what is usual to pay.
type Params struct {
	P2PKH byte   // version of addresses of public keys
	P2SH  []byte // versions of addresses of scripts; the first is written, all are read
	WIF   byte   // version of private keys

	HRP      string // human-readable part of SegWit addresses; "" where there is no SegWit
	CashAddr string // prefix of CashAddr; "" where there is none
	Format   string // the usual format of addresses

	ForkID  bool   // digests of BIP-143 with FORKID and Schnorr signatures, as Bitcoin Cash has them
	Message string // what signed messages begin with, without the line feed

	MaxMoney    int64 // what an amount or a sum of amounts may be at most (consensus)
	Dust        int64 // an output below this costs more than it is worth, before SegWit
	WitnessDust int64 // the same for outputs of SegWit
	MinFee      int64 // a fee below this, for 1000 (virtual) bytes, is worth a warning
	MaxFee      int64 // the same for one above this
}

// The limits of amounts are MAX_MONEY of the networks' nodes. Dust is theirs at the
// usual relay fee, except for Dogecoin, where it is what dogecore refuses; so are
// its limits of a fee: a fifteenth of a coin, and fifteen.
const (
	coin         = 100_000_000
	bitcoinMoney = 21_000_000 * coin
)

// Bitcoin is the main network.
func Bitcoin() Params {
	return Params{
		P2PKH: 0x00, P2SH: []byte{0x05}, WIF: 0x80, HRP: "bc", Format: FormatP2WPKH,
		Message:  "Bitcoin Signed Message:",
		MaxMoney: bitcoinMoney, Dust: 546, WitnessDust: 294, MinFee: 100, MaxFee: coin / 100,
	}
}

// BitcoinTestnet is testnet3, testnet4 and signet: their addresses are the same.
func BitcoinTestnet() Params {
	p := Bitcoin()
	p.P2PKH, p.P2SH, p.WIF, p.HRP = 0x6f, []byte{0xc4}, 0xef, "tb"
	return p
}

// Litecoin is the main network. Its older addresses of scripts look like Bitcoin's.
func Litecoin() Params {
	return Params{
		P2PKH: 0x30, P2SH: []byte{0x32, 0x05}, WIF: 0xb0, HRP: "ltc", Format: FormatP2PKH,
		Message:  "Litecoin Signed Message:",
		MaxMoney: 84_000_000 * coin, Dust: 5460, WitnessDust: 2940, MinFee: 100, MaxFee: coin / 10,
	}
}

// LitecoinTestnet is testnet4 of Litecoin.
func LitecoinTestnet() Params {
	p := Litecoin()
	p.P2PKH, p.P2SH, p.WIF, p.HRP = 0x6f, []byte{0x3a, 0xc4}, 0xef, "tltc"
	return p
}

// Dogecoin is the main network. It has no SegWit.
func Dogecoin() Params {
	return Params{
		P2PKH: 0x1e, P2SH: []byte{0x16}, WIF: 0x9e, Format: FormatP2PKH,
		Message:  "Dogecoin Signed Message:",
		MaxMoney: 10_000_000_000 * coin, Dust: coin, MinFee: coin / 15, MaxFee: 15 * coin,
	}
}

// DogecoinTestnet is its test network.
func DogecoinTestnet() Params {
	p := Dogecoin()
	p.P2PKH, p.P2SH, p.WIF = 0x71, []byte{0xc4}, 0xf1
	return p
}

// BitcoinCash is the main network.
func BitcoinCash() Params {
	return Params{
		P2PKH: 0x00, P2SH: []byte{0x05}, WIF: 0x80, CashAddr: "bitcoincash", Format: FormatCashAddr,
		ForkID: true, Message: "Bitcoin Signed Message:",
		MaxMoney: bitcoinMoney, Dust: 546, MinFee: 100, MaxFee: coin / 100,
	}
}

// BitcoinCashTestnet is its test networks.
func BitcoinCashTestnet() Params {
	p := BitcoinCash()
	p.P2PKH, p.P2SH, p.WIF, p.CashAddr = 0x6f, []byte{0xc4}, 0xef, "bchtest"
	return p
}
