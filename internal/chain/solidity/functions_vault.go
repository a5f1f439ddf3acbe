package solidity

// vaultFunctions are those of vaults (ERC-4626) and lending pools (Aave).
func vaultFunctions(selector uint32) (string, reader) {
	switch selector {
	case 0x6e553f65:
		return "deposit(uint256,address)", (*reading).vaultDeposit
	case 0x94bf804d:
		return "mint(uint256,address)", (*reading).vaultMint
	case 0xb460af94:
		return "withdraw(uint256,address,address)", (*reading).vaultWithdraw
	case 0xba087652:
		return "redeem(uint256,address,address)", (*reading).vaultRedeem
	case 0x617ba037:
		return "supply(address,uint256,address,uint16)", (*reading).supply
	case 0x69328dec:
		return "withdraw(address,uint256,address)", (*reading).withdrawAsset
	}
	return "", nil
}
