package solana

// The programs whose instructions are decoded, and accounts that they are given, as
// bytes. Their texts stand behind them; a test compares the two.
const (
	systemProgram     = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" // 11111111111111111111111111111111
	tokenProgram      = "\x06\xdd\xf6\xe1\xd7\x65\xa1\x93\xd9\xcb\xe1\x46\xce\xeb\x79\xac\x1c\xb4\x85\xed\x5f\x5b\x37\x91\x3a\x8c\xf5\x85\x7e\xff\x00\xa9" // TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA
	token2022Program  = "\x06\xdd\xf6\xe1\xee\x75\x8f\xde\x18\x42\x5d\xbc\xe4\x6c\xcd\xda\xb6\x1a\xfc\x4d\x83\xb9\x0d\x27\xfe\xbd\xf9\x28\xd8\xa1\x8b\xfc" // TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb
	associatedProgram = "\x8c\x97\x25\x8f\x4e\x24\x89\xf1\xbb\x3d\x10\x29\x14\x8e\x0d\x83\x0b\x5a\x13\x99\xda\xff\x10\x84\x04\x8e\x7b\xd8\xdb\xe9\xf8\x59" // ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL
	memo1Program      = "\x05\x4a\x53\x50\xf8\x5d\xc8\x82\xd6\x14\xa5\x56\x72\x78\x8a\x29\x6d\xdf\x1e\xab\xab\xd0\xa6\x06\x78\x88\x49\x32\xf4\xee\xf6\xa0" // Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo
	memoProgram       = "\x05\x4a\x53\x5a\x99\x29\x21\x06\x4d\x24\xe8\x71\x60\xda\x38\x7c\x7c\x35\xb5\xdd\xbc\x92\xbb\x81\xe4\x1f\xa8\x40\x41\x05\x44\x8d" // MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr
	budgetProgram     = "\x03\x06\x46\x6f\xe5\x21\x17\x32\xff\xec\xad\xba\x72\xc3\x9b\xe7\xbc\x8c\xe5\xbb\xc5\xf7\x12\x6b\x2c\x43\x9b\x3a\x40\x00\x00\x00" // ComputeBudget111111111111111111111111111111
	stakeProgram      = "\x06\xa1\xd8\x17\x91\x37\x54\x2a\x98\x34\x37\xbd\xfe\x2a\x7a\xb2\x55\x7f\x53\x5c\x8a\x78\x72\x2b\x68\xa4\x9d\xc0\x00\x00\x00\x00" // Stake11111111111111111111111111111111111111
	voteProgram       = "\x07\x61\x48\x1d\x35\x74\x74\xbb\x7c\x4d\x76\x24\xeb\xd3\xbd\xb3\xd8\x35\x5e\x73\xd1\x10\x43\xfc\x0d\xa3\x53\x80\x00\x00\x00\x00" // Vote111111111111111111111111111111111111111
	loaderProgram     = "\x02\xa8\xf6\x91\x4e\x88\xa1\xb0\xe2\x10\x15\x3e\xf7\x63\xae\x2b\x00\xc2\xb9\x3d\x16\xc1\x24\xd2\xc0\x53\x7a\x10\x04\x80\x00\x00" // BPFLoaderUpgradeab1e11111111111111111111111
	tableProgram      = "\x02\x77\xa6\xaf\x97\x33\x9b\x7a\xc8\x8d\x18\x92\xc9\x04\x46\xf5\x00\x02\x30\x92\x66\xf6\x2e\x53\xc1\x18\x24\x49\x82\x00\x00\x00" // AddressLookupTab1e1111111111111111111111111
	ed25519Program    = "\x03\x7d\x46\xd6\x7c\x93\xfb\xbe\x12\xf9\x42\x8f\x83\x8d\x40\xff\x05\x70\x74\x49\x27\xf4\x8a\x64\xfc\xca\x70\x44\x80\x00\x00\x00" // Ed25519SigVerify111111111111111111111111111
	secp256k1Program  = "\x04\xc6\xfc\x20\xf0\x50\xcc\xf0\x55\x84\xd7\x21\x1c\x9f\x8c\xf5\x9e\xc1\x47\x85\xbb\x16\x6a\x1e\x28\x30\xe8\x12\x20\x00\x00\x00" // KeccakSecp256k11111111111111111111111111111
	secp256r1Program  = "\x06\x92\x0d\xec\x2f\xea\x71\xb5\xb7\x23\x81\x4d\x74\x2d\xa9\x03\x1c\x83\xe7\x5f\xdb\x79\x5d\x56\x8e\x75\x47\x80\x20\x00\x00\x00" // Secp256r1SigVerify1111111111111111111111111
	clockSysvar       = "\x06\xa7\xd5\x17\x18\xc7\x74\xc9\x28\x56\x63\x98\x69\x1d\x5e\xb6\x8b\x5e\xb8\xa3\x9b\x4b\x6d\x5c\x73\x55\x5b\x21\x00\x00\x00\x00" // SysvarC1ock11111111111111111111111111111111
	rentSysvar        = "\x06\xa7\xd5\x17\x19\x2c\x5c\x51\x21\x8c\xc9\x4c\x3d\x4a\xf1\x7f\x58\xda\xee\x08\x9b\xa1\xfd\x44\xe3\xdb\xd9\x8a\x00\x00\x00\x00" // SysvarRent111111111111111111111111111111111
)

// Accounts that nobody can spend from. What the incinerator gets is destroyed.
const (
	systemText      = "11111111111111111111111111111111"
	incineratorText = "1nc1nerator11111111111111111111111111111111"
)

// programName is what people call a program, "" if it is not well known.
func programName(text string) string {
	switch text {
	case systemText:
		return "System Program"
	case "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA":
		return "Token Program"
	case "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb":
		return "Token-2022 Program"
	case "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL":
		return "Associated Token Account Program"
	case "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo", "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr":
		return "Memo Program"
	case "ComputeBudget111111111111111111111111111111":
		return "Compute Budget Program"
	case "Stake11111111111111111111111111111111111111":
		return "Stake Program"
	case "Vote111111111111111111111111111111111111111":
		return "Vote Program"
	case "BPFLoaderUpgradeab1e11111111111111111111111":
		return "Upgradeable Loader"
	case "AddressLookupTab1e1111111111111111111111111":
		return "Address Lookup Table Program"
	case "JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4":
		return "Jupiter Aggregator v6"
	case "675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8":
		return "Raydium AMM v4"
	case "CAMMCzo5YL8w4VFF8KVHrK22GGUsp5VTaW7grrKgrWqK":
		return "Raydium CLMM"
	case "whirLbMiicVdio4qvUfM5KAg6Ct8VwpYzGff3uctyCc":
		return "Orca Whirlpool"
	case "LBUZKhRxPF3XUpBCjp4YzTKgLccjZhTSDM9YuVaPwxo":
		return "Meteora DLMM"
	case "6EF8rrecthR5Dkzon8Nwu78hRvfCKubJ14M5uBEwF6P":
		return "Pump.fun"
	case "MarBmsSgKXdrN1egZf5sqe1TMai9K1rChYNDJgjq7aD":
		return "Marinade Finance"
	case "metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s":
		return "Metaplex Token Metadata"
	case "SQDS4ep65T869zMMBKyuUq6aD6EgTu8psMjkvj52pCf":
		return "Squads v4"
	case "SMPLecH534NA9acpos4G6x7uf3LWbCAwZQE9e8ZekMu":
		return "Squads v3"
	case "GovER5Lthms3bLBqWub97yVrMmEogzX7xNjdXpPPCVZw":
		return "SPL Governance"
	}
	return ""
}
