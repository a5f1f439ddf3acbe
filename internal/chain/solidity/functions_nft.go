package solidity

// nftFunctions are those of ERC-721 and ERC-1155 that other standards do not have.
func nftFunctions(selector uint32) (string, reader) {
	switch selector {
	case 0x42842e0e:
		return "safeTransferFrom(address,address,uint256)", (*reading).safeTransferNFT
	case 0xb88d4fde:
		return "safeTransferFrom(address,address,uint256,bytes)", (*reading).safeTransferNFT
	case 0xf242432a:
		return "safeTransferFrom(address,address,uint256,uint256,bytes)", (*reading).safeTransferMany
	case 0x2eb2c2d6:
		return "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", (*reading).safeBatchTransfer
	case 0xa22cb465:
		return "setApprovalForAll(address,bool)", (*reading).setApprovalForAll
	case 0xa1448194:
		return "safeMint(address,uint256)", (*reading).mintNFT
	case 0x8832e6e3:
		return "safeMint(address,uint256,bytes)", (*reading).mintNFT
	case 0x731133e9:
		return "mint(address,uint256,uint256,bytes)", (*reading).mintMany
	case 0x1f7fdffa:
		return "mintBatch(address,uint256[],uint256[],bytes)", (*reading).mintBatch
	case 0xf5298aca:
		return "burn(address,uint256,uint256)", (*reading).burnMany
	case 0x6b20c454:
		return "burnBatch(address,uint256[],uint256[])", (*reading).burnBatch
	}
	return "", nil
}
