package solana

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// TestPrograms holds the bytes of the known accounts against their texts.
func TestPrograms(t *testing.T) {
	for text, b := range map[string]string{
		"11111111111111111111111111111111":             systemProgram,
		"TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA":  tokenProgram,
		"TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb":  token2022Program,
		"ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL": associatedProgram,
		"Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo":  memo1Program,
		"MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr":  memoProgram,
		"ComputeBudget111111111111111111111111111111":  budgetProgram,
		"Stake11111111111111111111111111111111111111":  stakeProgram,
		"Vote111111111111111111111111111111111111111":  voteProgram,
		"BPFLoaderUpgradeab1e11111111111111111111111":  loaderProgram,
		"AddressLookupTab1e1111111111111111111111111":  tableProgram,
		"Ed25519SigVerify111111111111111111111111111":  ed25519Program,
		"KeccakSecp256k11111111111111111111111111111":  secp256k1Program,
		"Secp256r1SigVerify1111111111111111111111111":  secp256r1Program,
		"SysvarC1ock11111111111111111111111111111111":  clockSysvar,
		"SysvarRent111111111111111111111111111111111":  rentSysvar,
	} {
		if got := base58Text([]byte(b)); got != text {
			t.Errorf("%s is %s", text, got)
		}
	}
}

// TestKnownMints: every mint that is named is an address, and test networks do not
// borrow the names of the main network.
func TestKnownMints(t *testing.T) {
	for _, mint := range []string{
		"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB", "mSoLzYCxHdYgdzU16g5QSh3i5K3z3KZK7ytfqcJm7So",
		"JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN", "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263",
	} {
		decoded(t, mint)
		if _, ok := knownMint(mint, false); !ok {
			t.Errorf("%s is not known", mint)
		}
		if u, ok := knownMint(mint, true); ok {
			t.Errorf("%s is %s on a test network", mint, u.Symbol)
		}
	}
	for _, mint := range []string{"So11111111111111111111111111111111111111112", "9pan9bMn5HatX4EJdBwg9VgCa7Uz5HL8N1m5D3NdXejP", "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU"} {
		decoded(t, mint)
		if _, ok := knownMint(mint, true); !ok {
			t.Errorf("%s is not known on test networks", mint)
		}
	}
}

// TestUnitsAndNames: what people need to read the effects.
func TestUnitsAndNames(t *testing.T) {
	usdc := decoded(t, "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v")
	jupiter := decoded(t, "JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4")
	in := decodePayload(t, compile("mine",
		step{associatedProgram, metas(signer("mine"), other("ata"), other("bob"), exact(usdc), exact(systemProgram), exact(tokenProgram)), []byte{1}},
		tokenStep(metas(other("a"), exact(usdc), other("ata"), signer("mine")), uint8(tokenTransferChecked), uint64(5e6), uint8(6)),
		tokenStep(metas(other("a"), other("mint"), other("b"), signer("mine")), uint8(tokenTransferChecked), uint64(5), uint8(3)),
		step{jupiter, metas(signer("mine")), []byte{1}},
	))
	for asset, want := range map[string]chain.Unit{
		"SOL":                    {Symbol: "SOL", Decimals: 9},
		base58Text([]byte(usdc)): {Symbol: "USDC", Decimals: 6},
		addressOf("mint"):        {Symbol: addressOf("mint"), Decimals: 3},
	} {
		if in.Units[asset] != want {
			t.Errorf("%s is counted as %+v", asset, in.Units[asset])
		}
	}
	if got := in.Names[addressOf("ata")]; got != "token account of "+addressOf("bob") {
		t.Errorf("the token account is named %q", got)
	}
	if got := in.Names[base58Text([]byte(jupiter))]; got != "Jupiter Aggregator v6" {
		t.Errorf("the program is named %q", got)
	}
}

// TestAddress: only Ed25519 keys own accounts.
func TestAddress(t *testing.T) {
	key, err := curve.NewPublicKey(curve.Secp256k1, append([]byte{2}, make([]byte, 32)...))
	if err != nil {
		t.Fatal(err)
	}
	if a, err := mainnet().Address(key); !fault.Is(err, fault.Invalid) {
		t.Errorf("address %s, %v", a, err)
	}
}
