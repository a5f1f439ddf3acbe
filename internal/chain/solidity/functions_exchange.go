package solidity

// exchangeFunctions are those of the routers of Uniswap V2 and V3 and of their many
// descendants.
func exchangeFunctions(selector uint32) (string, reader) {
	switch selector {
	case 0x38ed1739:
		return "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)", (*reading).swapExactIn
	case 0x5c11d795:
		return "swapExactTokensForTokensSupportingFeeOnTransferTokens(uint256,uint256,address[],address,uint256)", (*reading).swapExactIn
	case 0x8803dbee:
		return "swapTokensForExactTokens(uint256,uint256,address[],address,uint256)", (*reading).swapExactOut
	case 0x18cbafe5:
		return "swapExactTokensForETH(uint256,uint256,address[],address,uint256)", (*reading).swapExactInNative
	case 0x791ac947:
		return "swapExactTokensForETHSupportingFeeOnTransferTokens(uint256,uint256,address[],address,uint256)", (*reading).swapExactInNative
	case 0x4a25d94a:
		return "swapTokensForExactETH(uint256,uint256,address[],address,uint256)", (*reading).swapExactOutNative
	case 0x7ff36ab5:
		return "swapExactETHForTokens(uint256,address[],address,uint256)", (*reading).swapNative
	case 0xb6f9de95:
		return "swapExactETHForTokensSupportingFeeOnTransferTokens(uint256,address[],address,uint256)", (*reading).swapNative
	case 0xfb3bdb41:
		return "swapETHForExactTokens(uint256,address[],address,uint256)", (*reading).swapNative
	case 0xe8e33700:
		return "addLiquidity(address,address,uint256,uint256,uint256,uint256,address,uint256)", (*reading).addLiquidity
	case 0xf305d719:
		return "addLiquidityETH(address,uint256,uint256,uint256,address,uint256)", (*reading).addLiquidityNative
	case 0xbaa2abde:
		return "removeLiquidity(address,address,uint256,uint256,uint256,address,uint256)", (*reading).removeLiquidity
	case 0x2195995c:
		return "removeLiquidityWithPermit(address,address,uint256,uint256,uint256,address,uint256,bool,uint8,bytes32,bytes32)", (*reading).removeLiquidity
	case 0x02751cec:
		return "removeLiquidityETH(address,uint256,uint256,uint256,address,uint256)", (*reading).removeLiquidityNative
	case 0xaf2979eb:
		return "removeLiquidityETHSupportingFeeOnTransferTokens(address,uint256,uint256,uint256,address,uint256)", (*reading).removeLiquidityNative
	case 0xded9382a:
		return "removeLiquidityETHWithPermit(address,uint256,uint256,uint256,address,uint256,bool,uint8,bytes32,bytes32)", (*reading).removeLiquidityNative
	case 0x5b0d5984:
		return "removeLiquidityETHWithPermitSupportingFeeOnTransferTokens(address,uint256,uint256,uint256,address,uint256,bool,uint8,bytes32,bytes32)", (*reading).removeLiquidityNative
	case 0x414bf389:
		return "exactInputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))", (*reading).exactInputSingle
	case 0x04e45aaf:
		return "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))", (*reading).exactInputSingle02
	case 0xdb3e2198:
		return "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))", (*reading).exactOutputSingle
	case 0x5023b4df:
		return "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint160))", (*reading).exactOutputSingle02
	case 0xc04b8d59:
		return "exactInput((bytes,address,uint256,uint256,uint256))", (*reading).exactInput
	case 0xb858183f:
		return "exactInput((bytes,address,uint256,uint256))", (*reading).exactInput02
	case 0xf28c0498:
		return "exactOutput((bytes,address,uint256,uint256,uint256))", (*reading).exactOutput
	case 0x09b81346:
		return "exactOutput((bytes,address,uint256,uint256))", (*reading).exactOutput02
	case 0x49404b7c:
		return "unwrapWETH9(uint256,address)", (*reading).unwrapTo
	case 0x49616997:
		return "unwrapWETH9(uint256)", (*reading).unwrapTo
	case 0xdf2ab5bb:
		return "sweepToken(address,uint256,address)", (*reading).sweepTo
	case 0xe90a182f:
		return "sweepToken(address,uint256)", (*reading).sweepTo
	case 0x12210e8a:
		return "refundETH()", (*reading).refundNative
	case 0x3593564c:
		return "execute(bytes,bytes[],uint256)", (*reading).universalRouter
	case 0x24856bc3:
		return "execute(bytes,bytes[])", (*reading).universalRouter
	}
	return "", nil
}
