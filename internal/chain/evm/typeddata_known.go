package evm

import "strings"

// The encodings of the types that are understood (EIP-712, encodeType), each with
// where it is defined.
const (
	permitType    = "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"                                    // EIP-2612
	permitDAIType = "Permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed)"                                      // DAI
	permitNFTType = "Permit(address spender,uint256 tokenId,uint256 nonce,uint256 deadline)"                                                // EIP-4494
	permitAllType = "PermitForAll(address owner,address operator,bool approved,uint256 nonce,uint256 deadline)"                             // ERC-1155 and ERC-721 extensions
	borrowType    = "DelegationWithSig(address delegatee,uint256 value,uint256 nonce,uint256 deadline)"                                     // Aave's debt tokens
	voteType      = "Delegation(address delegatee,uint256 nonce,uint256 expiry)"                                                            // EIP-5805
	ballotType    = "Ballot(uint256 proposalId,uint8 support)"                                                                              // Compound's and OpenZeppelin's Governor
	transferType  = "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)" // EIP-3009
	receiveType   = "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"  // EIP-3009
	cancelType    = "CancelAuthorization(address authorizer,bytes32 nonce)"                                                                 // EIP-3009

	// Permit2 of Uniswap (permit2: src/libraries/PermitHash.sol).
	detailsType      = "PermitDetails(address token,uint160 amount,uint48 expiration,uint48 nonce)"
	permissionsType  = "TokenPermissions(address token,uint256 amount)"
	permit2One       = "PermitSingle(PermitDetails details,address spender,uint256 sigDeadline)" + detailsType
	permit2Many      = "PermitBatch(PermitDetails[] details,address spender,uint256 sigDeadline)" + detailsType
	permit2Move      = "PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline)" + permissionsType
	permit2MoveMany  = "PermitBatchTransferFrom(TokenPermissions[] permitted,address spender,uint256 nonce,uint256 deadline)" + permissionsType
	permit2Witness   = "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,"
	permit2Witnesses = "PermitBatchWitnessTransferFrom(TokenPermissions[] permitted,address spender,uint256 nonce,uint256 deadline,"

	// Seaport (seaport: contracts/lib/ConsiderationBase.sol).
	seaportOrder = "OrderComponents(address offerer,address zone,OfferItem[] offer,ConsiderationItem[] consideration,uint8 orderType," +
		"uint256 startTime,uint256 endTime,bytes32 zoneHash,uint256 salt,bytes32 conduitKey,uint256 counter)" +
		"ConsiderationItem(uint8 itemType,address token,uint256 identifierOrCriteria,uint256 startAmount,uint256 endAmount,address recipient)" +
		"OfferItem(uint8 itemType,address token,uint256 identifierOrCriteria,uint256 startAmount,uint256 endAmount)"

	// CoW Protocol (contracts: src/contracts/libraries/GPv2Order.sol).
	cowOrder = "Order(address sellToken,address buyToken,address receiver,uint256 sellAmount,uint256 buyAmount,uint32 validTo,bytes32 appData," +
		"uint256 feeAmount,string kind,bool partiallyFillable,string sellTokenBalance,string buyTokenBalance)"

	// 0x version 4 (protocol: contracts/zero-ex/contracts/src/features/libs/LibNativeOrder.sol).
	limitOrder = "LimitOrder(address makerToken,address takerToken,uint128 makerAmount,uint128 takerAmount,uint128 takerTokenFeeAmount," +
		"address maker,address taker,address sender,address feeRecipient,bytes32 pool,uint64 expiry,uint256 salt)"
	rfqOrder = "RfqOrder(address makerToken,address takerToken,uint128 makerAmount,uint128 takerAmount," +
		"address maker,address taker,address txOrigin,bytes32 pool,uint64 expiry,uint256 salt)"
	otcOrder = "OtcOrder(address makerToken,address takerToken,uint128 makerAmount,uint128 takerAmount," +
		"address maker,address taker,address txOrigin,uint256 expiryAndNonce)"

	// Safe (safe-smart-account: contracts/Safe.sol), from version 1.0.0 on and before.
	safeType    = "SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas" + safeRest
	oldSafeType = "SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 dataGas" + safeRest
	safeRest    = ",uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)"

	// ERC-4337, EntryPoint from version 0.8 on.
	userOperation = "PackedUserOperation(address sender,uint256 nonce,bytes initCode,bytes callData,bytes32 accountGasLimits," +
		"uint256 preVerificationGas,bytes32 gasFees,bytes paymasterAndData)"

	// Calls that somebody else pays for: Polygon's tokens, OpenZeppelin's forwarder
	// from version 5 on and before (ERC-2771).
	metaType       = "MetaTransaction(uint256 nonce,address from,bytes functionSignature)"
	forwardType    = "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,bytes data)"
	oldForwardType = "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,bytes data)"
)

// readerOf finds what describes a primary type; nil: it is not known.
func readerOf(t *structType) func(*order) {
	switch t.encoded {
	case permitType:
		return (*order).permit
	case permitDAIType:
		return (*order).permitDAI
	case permitNFTType:
		return (*order).permitNFT
	case permitAllType:
		return (*order).permitAll
	case borrowType:
		return (*order).borrow
	case voteType:
		return (*order).votes
	case ballotType:
		return (*order).ballot
	case transferType, receiveType:
		return (*order).transfer
	case cancelType:
		return (*order).cancel
	case permit2One:
		return (*order).permit2One
	case permit2Many:
		return (*order).permit2Many
	case permit2Move, permit2MoveMany:
		return (*order).permit2Move
	case seaportOrder:
		return (*order).seaport
	case cowOrder:
		return (*order).cow
	case limitOrder:
		return (*order).limit
	case rfqOrder:
		return (*order).rfq
	case otcOrder:
		return (*order).otc
	case safeType, oldSafeType:
		return (*order).safe
	case userOperation:
		return (*order).userOperation
	case metaType:
		return (*order).metaTransaction
	case forwardType, oldForwardType:
		return (*order).forward
	}
	switch {
	case isWitness(t):
		return (*order).permit2Move
	case isBulk(t):
		return (*order).seaportBulk
	}
	return nil
}

// isWitness recognises the two types of Permit2 that end with a member of any type.
func isWitness(t *structType) bool {
	if !strings.HasPrefix(t.encoded, permit2Witness) && !strings.HasPrefix(t.encoded, permit2Witnesses) {
		return false
	}
	return len(t.members) == 5 && t.members[0].of.appendedType() == permissionsType
}

// isBulk recognises a tree of orders of Seaport: one member, which is an array of
// pairs of pairs.
func isBulk(t *structType) bool {
	if t.name != "BulkOrder" || len(t.members) != 1 || t.members[0].name != "tree" {
		return false
	}
	tree := &t.members[0]
	for _, length := range tree.dims {
		if length != 2 {
			return false
		}
	}
	return len(tree.dims) > 0 && tree.of != nil && tree.of.encoded == seaportOrder
}

// appendedType is the type alone, without those that it uses.
func (t *structType) appendedType() string { return string(t.appendType(nil)) }
