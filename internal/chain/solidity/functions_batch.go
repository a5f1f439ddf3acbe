package solidity

// batchFunctions make calls: those of routers to themselves, of the contract
// Multicall3, of accounts (ERC-4337, ERC-7579), wallets and timelocks.
func batchFunctions(selector uint32) (string, reader) {
	switch selector {
	case 0xac9650d8:
		return "multicall(bytes[])", (*reading).multicall
	case 0x5ae401dc:
		return "multicall(uint256,bytes[])", (*reading).multicallUntil
	case 0x1f0464d1:
		return "multicall(bytes32,bytes[])", (*reading).multicallAfter
	case 0x252dba42:
		return "aggregate((address,bytes)[])", (*reading).aggregate
	case 0xc3077fa9:
		return "blockAndAggregate((address,bytes)[])", (*reading).aggregate
	case 0xbce38bd7:
		return "tryAggregate(bool,(address,bytes)[])", (*reading).tryAggregate
	case 0x399542e9:
		return "tryBlockAndAggregate(bool,(address,bytes)[])", (*reading).tryAggregate
	case 0x82ad56cb:
		return "aggregate3((address,bool,bytes)[])", (*reading).aggregate3
	case 0x174dea71:
		return "aggregate3Value((address,bool,uint256,bytes)[])", (*reading).aggregate3Value
	case 0x8d80ff0a:
		return "multiSend(bytes)", (*reading).multiSend
	case 0xb61d27f6:
		return "execute(address,uint256,bytes)", (*reading).execute
	case 0x18dfb3c7:
		return "executeBatch(address[],bytes[])", (*reading).executeLists
	case 0x47e1da2a:
		return "executeBatch(address[],uint256[],bytes[])", (*reading).executeLists
	case 0x34fcd5be:
		return "executeBatch((address,uint256,bytes)[])", (*reading).executeBatch
	case 0xe9ae5c53:
		return "execute(bytes32,bytes)", (*reading).executeMode
	case 0x1cff79cd:
		return "execute(address,bytes)", (*reading).executeDelegate
	case 0xc6427474:
		return "submitTransaction(address,uint256,bytes)", (*reading).execute
	case 0x01d5062a:
		return "schedule(address,uint256,bytes,bytes32,bytes32,uint256)", (*reading).execute
	case 0x134008d3:
		return "execute(address,uint256,bytes,bytes32,bytes32)", (*reading).execute
	case 0x8f2a0bb0:
		return "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)", (*reading).executeLists
	case 0xe38335e5:
		return "executeBatch(address[],uint256[],bytes[],bytes32,bytes32)", (*reading).executeLists
	}
	return "", nil
}
