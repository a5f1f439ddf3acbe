package evm

import (
	"strings"
	"testing"

	"strongroom/internal/chain"
)

const (
	word1   = "0000000000000000000000000000000000000000000000000000000000000001"
	max     = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935"

	permit2Text = "0x000000000022D473030F116dDEE9F6B43aC78BA3"
	safeText    = "0x1111111111111111111111111111111111111111"
)

// word is an address as an argument of a call.
func argument(text string) string { return strings.Repeat("0", 24) + strings.ToLower(text[2:]) }

// TestRedTeam holds what gives something away in an easily missed way. Each must
// show an effect that says so; harmless-looking effects may stand beside it.
func TestRedTeam(t *testing.T) {
	tx := func(members string) string { return `{"gas":21000,"gasPrice":1,"nonce":7,` + members + `}` }
	callOf := func(to, data string) string { return tx(`"to":"` + to + `","data":"0x` + data + `"`) }
	signed := func(chainID, delegate string) string {
		v := readJSON[ethersFile](t, "testdata/ethers.json").Authorizations[0]
		return `{"chainId":` + chainID + `,"address":"` + delegate + `","nonce":0,"yParity":0,"r":"` + v.Signature[:66] + `","s":"0x` + v.Signature[66:130] + `"}`
	}
	setCodeTx := func(to, list string) string {
		return `{"gas":21000,"maxFeePerGas":1,"maxPriorityFeePerGas":1,"nonce":7,"to":"` + to + `","authorizationList":[` + list + `]}`
	}
	own := readJSON[ethersFile](t, "testdata/ethers.json").Authorizations[0]
	ownAuthorization := `{"chainId":1,"address":"` + own.Address + `","nonce":0,"r":"` + own.Signature[:66] + `","s":"0x` + own.Signature[66:130] + `","v":"0x` + own.Signature[130:] + `"}`
	permit2File := func(primary, encoded, message string) string {
		return typed(permit2Text, primary, typeOf(encoded), message)
	}
	order := func(contract, name, encoded, message string) string {
		return typed(contract, name, typeOf(encoded), message)
	}
	safeFile := func(members string) string {
		return typed(safeText, "SafeTx", typeOf(safeType), `{`+members+`,"safeTxGas":0,"baseGas":0,"nonce":1}`)
	}
	plain := `"gasPrice":0,"gasToken":"0x0000000000000000000000000000000000000000","refundReceiver":"0x0000000000000000000000000000000000000000"`
	seaportMessage := func(offer, consideration string) string {
		return `{"offerer":"` + alice + `","zone":"0x0000000000000000000000000000000000000000","offer":[` + offer + `],"consideration":[` + consideration +
			`],"orderType":0,"startTime":0,"endTime":1900000000,"zoneHash":"0x` + strings.Repeat("0", 64) + `","salt":1,"conduitKey":"0x` + strings.Repeat("0", 64) + `","counter":0}`
	}
	nft := `{"itemType":2,"token":"` + bob + `","identifierOrCriteria":77,"startAmount":1,"endAmount":1}`
	authorization3009 := `{"from":"` + alice + `","to":"` + mallory + `","value":"5000000","validAfter":0,"validBefore":1900000000,"nonce":"0x` + strings.Repeat("1", 64) + `"}`
	userOp := func(data, init, paymaster string) string {
		return `{"sender":"` + bob + `","nonce":0,"initCode":"` + init + `","callData":"` + data + `","accountGasLimits":"0x` +
			strings.Repeat("0", 31) + "2" + strings.Repeat("0", 31) + `3","preVerificationGas":5,"gasFees":"0x` + strings.Repeat("0", 32) + strings.Repeat("0", 31) + `7","paymasterAndData":"` + paymaster + `"}`
	}

	for _, c := range []struct {
		name, file string
		want       chain.Effect
	}{
		// transfers and fees
		{"everything behind a small gas limit", tx(`"to":"` + mallory + `","value":"` + largest + `"`),
			chain.Effect{Kind: chain.Move, Asset: "ETH", Amount: largest, From: alice, To: mallory}},
		{"value beside call data of a token", tx(`"to":"` + usdc + `","value":9,"data":"0xa9059cbb` + argument(bob) + word1 + `"`),
			chain.Effect{Kind: chain.Move, Asset: "ETH", Amount: "9", To: usdc}},
		{"fee that is everything", `{"gas":1000000,"gasPrice":"1000000000000000","nonce":0,"to":"` + alice + `","value":0}`,
			chain.Effect{Kind: chain.Fee, Asset: "ETH", Amount: "1000000000000000000000", From: alice}},
		{"fee by the cap, not by the tip", `{"gas":1000000,"maxFeePerGas":"1000000000000000","maxPriorityFeePerGas":1,"nonce":0,"to":"` + alice + `"}`,
			chain.Effect{Kind: chain.Fee, Amount: "1000000000000000000000"}},
		{"fee of blobs", `{"gas":21000,"maxFeePerGas":1,"maxPriorityFeePerGas":1,"nonce":0,"to":"` + alice + `","maxFeePerBlobGas":"1000000000000","blobVersionedHashes":["0x` + strings.Repeat("01", 32) + `"]}`,
			chain.Effect{Kind: chain.Fee, Subject: "blobs", Amount: "131072000000000000"}},
		{"empty call", tx(`"to":"` + mallory + `","value":0`), chain.Effect{Kind: chain.Move, Amount: "0", To: mallory}},
		{"nothing but a selector cut short", callOf(mallory, "a9059c"), chain.Effect{Kind: chain.Opaque, To: mallory}},

		// contracts
		{"creation", tx(`"data":"0x600060005260206000f3","value":4`), chain.Effect{Kind: chain.Deploy, From: alice}},
		{"creation with value", tx(`"data":"0x600060005260206000f3","value":4`), chain.Effect{Kind: chain.Move, Amount: "4"}},
		{"call that nobody knows", callOf(mallory, "deadbeef"+word1), chain.Effect{Kind: chain.Opaque, To: mallory, Subject: "0xdeadbeef"}},
		{"token transfer", callOf(usdc, "a9059cbb"+argument(mallory)+word1),
			chain.Effect{Kind: chain.Move, Asset: "erc20 " + usdc, Amount: "1", From: alice, To: mallory}},
		{"approval without limit", callOf(usdc, "095ea7b3"+argument(mallory)+max),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + usdc, Amount: "unlimited", From: alice, To: mallory}},
		{"larger allowance", callOf(usdc, "39509351"+argument(mallory)+word1), chain.Effect{Kind: chain.Allow, To: mallory}},
		{"somebody else's tokens", callOf(usdc, "23b872dd"+argument(bob)+argument(mallory)+word1),
			chain.Effect{Kind: chain.Move, From: bob, To: mallory}},
		{"every NFT", callOf(bob, "a22cb465"+argument(mallory)+word1), chain.Effect{Kind: chain.Allow, From: alice, To: mallory}},
		{"new owner", callOf(bob, "f2fde38b"+argument(mallory)), chain.Effect{Kind: chain.Authority, To: mallory}},
		{"bytes behind the arguments", callOf(usdc, "a9059cbb"+argument(mallory)+word1+"00"), chain.Effect{Kind: chain.Opaque, To: usdc}},

		{"token function of the account's own code", callOf(alice, "a9059cbb"+argument(bob)+word1), chain.Effect{Kind: chain.Opaque, To: alice, Subject: "own code"}},
		{"calls that the account's own code makes", callOf(alice, "b61d27f6"+argument(usdc)+strings.Repeat("0", 64)+strings.Repeat("0", 62)+"60"+strings.Repeat("0", 62)+"44"+
			"095ea7b3"+argument(mallory)+max+strings.Repeat("0", 56)),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + usdc, Amount: "unlimited", From: alice, To: mallory}},

		// EIP-7702
		{"own account gets code", setCodeTx(bob, ownAuthorization), chain.Effect{Kind: chain.Authority, From: alice, To: own.Address, Subject: "code"}},
		{"authorization by nobody known", setCodeTx(bob, signed("1", mallory)), chain.Effect{Kind: chain.Authority, To: mallory}},
		{"authorization for every network", setCodeTx(bob, signed("0", mallory)), chain.Effect{Kind: chain.Authority, To: mallory, Detail: "on every network"}},
		{"authorization for another network", setCodeTx(bob, signed("56", mallory)), chain.Effect{Kind: chain.Authority, To: mallory, Detail: "56"}},
		{"code for the receiver", setCodeTx(alice, ownAuthorization), chain.Effect{Kind: chain.Opaque, Subject: "authorization", To: alice}},
		{"a tuple to sign", hexOf((&authorization{chainID: bigOf("1"), address: addressOf(t, mallory)}).preimage()),
			chain.Effect{Kind: chain.Authority, From: alice, To: mallory}},
		{"a tuple for every network", hexOf((&authorization{chainID: bigOf("0"), address: addressOf(t, mallory)}).preimage()),
			chain.Effect{Kind: chain.Authority, To: mallory, Detail: "on every network"}},
		{"a tuple whose contract is another elsewhere", hexOf((&authorization{chainID: bigOf("0"), address: addressOf(t, mallory)}).preimage()),
			chain.Effect{Kind: chain.Opaque, From: alice, Subject: "chain id"}},
		{"a tuple that takes code away", hexOf((&authorization{chainID: bigOf("1")}).preimage()),
			chain.Effect{Kind: chain.Authority, From: alice, Detail: "no code any more"}},

		// permits
		{"permit", permitFile(usdc, "1000000"), chain.Effect{Kind: chain.Allow, Asset: "erc20 " + usdc, Amount: "1000000", From: alice, To: mallory}},
		{"permit without limit", permitFile(usdc, largest), chain.Effect{Kind: chain.Allow, Amount: "unlimited", To: mallory}},
		{"permit of nearly everything", permitFile(usdc, "57896044618658097711785492504343953926634992332820282019728792003956564819968"),
			chain.Effect{Kind: chain.Allow, Amount: "unlimited", To: mallory}},
		{"permit of DAI", typed(usdc, "Permit", typeOf(permitDAIType), `{"holder":"`+alice+`","spender":"`+mallory+`","nonce":0,"expiry":0,"allowed":true}`),
			chain.Effect{Kind: chain.Allow, Amount: "unlimited", From: alice, To: mallory}},
		{"permit of an NFT", typed(bob, "Permit", typeOf(permitNFTType), `{"spender":"`+mallory+`","tokenId":7,"nonce":0,"deadline":1}`),
			chain.Effect{Kind: chain.Allow, Subject: "token 7", To: mallory}},
		{"permit of all NFTs", typed(bob, "PermitForAll", typeOf(permitAllType), `{"owner":"`+alice+`","operator":"`+mallory+`","approved":true,"nonce":0,"deadline":1}`),
			chain.Effect{Kind: chain.Allow, Amount: "all", From: alice, To: mallory}},
		{"credit delegation", typed(bob, "DelegationWithSig", typeOf(borrowType), `{"delegatee":"`+mallory+`","value":"9","nonce":0,"deadline":1}`),
			chain.Effect{Kind: chain.Allow, Amount: "9", From: alice, To: mallory, Detail: "borrow"}},
		{"votes", typed(bob, "Delegation", typeOf(voteType), `{"delegatee":"`+mallory+`","nonce":0,"expiry":1}`),
			chain.Effect{Kind: chain.Authority, From: alice, To: mallory, Subject: "votes"}},
		{"ballot", typed(bob, "Ballot", typeOf(ballotType), `{"proposalId":3,"support":1}`), chain.Effect{Kind: chain.Register, Subject: "proposal 3", To: bob}},
		{"type that calls itself a permit", typed(usdc, "Permit", `"Permit":[{"name":"note","type":"string"}]`, `{"note":"hi"}`),
			chain.Effect{Kind: chain.Opaque, Subject: "Permit", To: usdc}},
		{"permit under another name", typed(usdc, "Login", strings.Replace(typeOf(permitType), `"Permit"`, `"Login"`, 1),
			`{"owner":"`+alice+`","spender":"`+mallory+`","value":"1","nonce":0,"deadline":1}`), chain.Effect{Kind: chain.Opaque, Subject: "Login"}},
		{"permit on every network", strings.Replace(permitFile(usdc, "1"), `"chainId":1,`, ``, 1), chain.Effect{Kind: chain.Opaque, Subject: "chain id"}},
		{"permit in a strange domain", strings.Replace(strings.Replace(permitFile(usdc, "1"), `{"types":{`, `{"types":{"EIP712Domain":[{"name":"verifyingContract","type":"string"}],`, 1),
			`"name":"x","version":"1","chainId":1,`, ``, 1), chain.Effect{Kind: chain.Opaque, Subject: "Permit"}},
		{"Permit2", permit2File("PermitSingle", permit2One, `{"details":{"token":"`+usdc+`","amount":"1461501637330902918203684832716283019655932542975","expiration":1900000000,"nonce":0},"spender":"`+mallory+`","sigDeadline":1}`),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + usdc, Amount: "unlimited", From: alice, To: mallory, Until: "2030-03-17T17:46:40Z"}},
		{"second token of a batch", permit2File("PermitBatch", permit2Many, `{"details":[{"token":"`+bob+`","amount":"1","expiration":1,"nonce":0},{"token":"`+usdc+`","amount":"2","expiration":0,"nonce":0}],"spender":"`+mallory+`","sigDeadline":1}`),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + usdc, Amount: "2", To: mallory, Until: "the end of the block"}},
		{"transfer at Permit2", permit2File("PermitTransferFrom", permit2Move, `{"permitted":{"token":"`+usdc+`","amount":"3"},"spender":"`+mallory+`","nonce":0,"deadline":1900000000}`),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + usdc, Amount: "3", To: mallory, Until: "2030-03-17T17:46:40Z"}},
		{"batch of transfers at Permit2", permit2File("PermitBatchTransferFrom", permit2MoveMany, `{"permitted":[{"token":"`+bob+`","amount":"1"},{"token":"`+usdc+`","amount":"3"}],"spender":"`+mallory+`","nonce":0,"deadline":1}`),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + usdc, Amount: "3", To: mallory}},
		{"witness at Permit2", permit2File("PermitWitnessTransferFrom", permit2Witness+"W witness)"+permissionsType+"W(uint256 x)", `{"permitted":{"token":"`+usdc+`","amount":"3"},"spender":"`+mallory+`","nonce":0,"deadline":1,"witness":{"x":1}}`),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + usdc, Amount: "3", To: mallory}},
		{"what the witness means", permit2File("PermitWitnessTransferFrom", permit2Witness+"W witness)"+permissionsType+"W(uint256 x)", `{"permitted":{"token":"`+usdc+`","amount":"0"},"spender":"`+mallory+`","nonce":0,"deadline":1,"witness":{"x":1}}`),
			chain.Effect{Kind: chain.Opaque, To: mallory, Subject: "PermitWitnessTransferFrom"}},
		{"what looks like Permit2", strings.ReplaceAll(permit2File("PermitTransferFrom", permit2Move, `{"permitted":{"token":"`+usdc+`","amount":"3"},"spender":"`+mallory+`","nonce":0,"deadline":1}`), permit2Text, bob),
			chain.Effect{Kind: chain.Opaque, To: bob, Subject: "verifying contract"}},

		// transfers by signature
		{"transfer by signature", typed(usdc, "TransferWithAuthorization", typeOf(transferType), authorization3009),
			chain.Effect{Kind: chain.Move, Asset: "erc20 " + usdc, Amount: "5000000", From: alice, To: mallory, Until: "2030-03-17T17:46:40Z"}},
		{"transfer by signature, fetched", typed(usdc, "ReceiveWithAuthorization", typeOf(receiveType), authorization3009),
			chain.Effect{Kind: chain.Move, Amount: "5000000", To: mallory}},

		// orders
		{"NFT for nothing", order(bob, "OrderComponents", seaportOrder, seaportMessage(nft, "")),
			chain.Effect{Kind: chain.Allow, Asset: "erc721 " + bob, Subject: "token 77", From: alice, To: anybody}},
		{"tokens for the other's profit", order(bob, "OrderComponents", seaportOrder, seaportMessage(`{"itemType":1,"token":"`+usdc+`","identifierOrCriteria":0,"startAmount":5,"endAmount":9}`,
			`{"itemType":0,"token":"0x0000000000000000000000000000000000000000","identifierOrCriteria":0,"startAmount":1,"endAmount":1,"recipient":"`+mallory+`"}`)),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + usdc, Amount: "9", From: alice}},
		{"any NFT of a collection", order(bob, "OrderComponents", seaportOrder, seaportMessage(`{"itemType":4,"token":"`+bob+`","identifierOrCriteria":0,"startAmount":1,"endAmount":1}`, "")),
			chain.Effect{Kind: chain.Allow, Subject: "any token that fits 0"}},
		{"order in a tree", typed(bob, "BulkOrder", `"BulkOrder":[{"name":"tree","type":"OrderComponents[2][2]"}],`+typeOf(seaportOrder),
			`{"tree":[[`+seaportMessage("", "")+`,`+seaportMessage("", "")+`],[`+seaportMessage("", "")+`,`+seaportMessage(nft, "")+`]]}`),
			chain.Effect{Kind: chain.Allow, Asset: "erc721 " + bob, Subject: "token 77"}},
		{"tree that offers nothing", typed(bob, "BulkOrder", `"BulkOrder":[{"name":"tree","type":"OrderComponents[2]"}],`+typeOf(seaportOrder),
			strings.ReplaceAll(`{"tree":[`+seaportMessage(nft, "")+`,`+seaportMessage(nft, "")+`]}`, alice, "0x0000000000000000000000000000000000000000")),
			chain.Effect{Kind: chain.Opaque, Subject: "BulkOrder"}},
		{"swap whose proceeds go elsewhere", order(bob, "Order", cowOrder, `{"sellToken":"`+usdc+`","buyToken":"`+bob+`","receiver":"`+mallory+`","sellAmount":10,"buyAmount":1,"validTo":1900000000,"appData":"0x`+strings.Repeat("0", 64)+`","feeAmount":3,"kind":"sell","partiallyFillable":false,"sellTokenBalance":"erc20","buyTokenBalance":"erc20"}`),
			chain.Effect{Kind: chain.Move, Amount: "all", To: mallory, Detail: "proceeds"}},
		{"fee of a swap", order(bob, "Order", cowOrder, `{"sellToken":"`+usdc+`","buyToken":"`+bob+`","receiver":"`+alice+`","sellAmount":10,"buyAmount":1,"validTo":1900000000,"appData":"0x`+strings.Repeat("0", 64)+`","feeAmount":3,"kind":"sell","partiallyFillable":false,"sellTokenBalance":"erc20","buyTokenBalance":"erc20"}`),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + usdc, Amount: "13", From: alice, To: bob}},
		{"limit order", order(bob, "LimitOrder", limitOrder, `{"makerToken":"`+usdc+`","takerToken":"`+bob+`","makerAmount":8,"takerAmount":0,"takerTokenFeeAmount":0,"maker":"`+alice+`","taker":"`+mallory+`","sender":"`+bob+`","feeRecipient":"`+bob+`","pool":"0x`+strings.Repeat("0", 64)+`","expiry":1900000000,"salt":1}`),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + usdc, Amount: "8", To: mallory, Until: "2030-03-17T17:46:40Z"}},
		{"request for quotation", order(bob, "RfqOrder", rfqOrder, `{"makerToken":"`+usdc+`","takerToken":"`+bob+`","makerAmount":8,"takerAmount":0,"maker":"`+alice+`","taker":"0x0000000000000000000000000000000000000000","txOrigin":"`+bob+`","pool":"0x`+strings.Repeat("0", 64)+`","expiry":1,"salt":1}`),
			chain.Effect{Kind: chain.Allow, Amount: "8", To: anybody}},
		{"order over the counter", order(bob, "OtcOrder", otcOrder, `{"makerToken":"`+usdc+`","takerToken":"`+bob+`","makerAmount":8,"takerAmount":0,"maker":"`+alice+`","taker":"`+mallory+`","txOrigin":"`+bob+`","expiryAndNonce":"0x713fb300`+strings.Repeat("0", 48)+`"}`),
			chain.Effect{Kind: chain.Allow, Amount: "8", To: mallory, Until: "2030-03-17T17:46:40Z"}},

		// Safe, accounts, forwarded calls
		{"value of a Safe", safeFile(`"to":"` + mallory + `","value":"7","data":"0x","operation":0,` + plain),
			chain.Effect{Kind: chain.Move, Asset: "ETH", Amount: "7", From: safeText, To: mallory}},
		{"tokens of a Safe", safeFile(`"to":"` + usdc + `","value":0,"data":"0xa9059cbb` + argument(mallory) + word1 + `","operation":0,` + plain),
			chain.Effect{Kind: chain.Move, Asset: "erc20 " + usdc, Amount: "1", From: safeText, To: mallory}},
		{"delegatecall of a Safe", safeFile(`"to":"` + mallory + `","value":0,"data":"0x","operation":1,` + plain),
			chain.Effect{Kind: chain.Authority, From: safeText, To: mallory}},
		{"operation that no Safe has", safeFile(`"to":"` + mallory + `","value":0,"data":"0x","operation":2,` + plain),
			chain.Effect{Kind: chain.Opaque, Subject: "operation"}},
		{"new owner of a Safe", safeFile(`"to":"` + safeText + `","value":0,"data":"0x0d582f13` + argument(mallory) + word1 + `","operation":0,` + plain),
			chain.Effect{Kind: chain.Authority, To: mallory}},
		{"refund that drains a Safe", safeFile(`"to":"` + safeText + `","value":0,"data":"0x","operation":0,"gasPrice":"1000000","gasToken":"` + usdc + `","refundReceiver":"` + mallory + `"`),
			chain.Effect{Kind: chain.Move, Asset: "erc20 " + usdc, Amount: "all", From: safeText, To: mallory, Detail: "refund"}},
		{"message of a Safe", typed(safeText, "SafeMessage", `"SafeMessage":[{"name":"message","type":"bytes"}]`, `{"message":"0x00"}`),
			chain.Effect{Kind: chain.Opaque, Subject: "SafeMessage", To: safeText}},
		{"call of an account", typed(safeText, "PackedUserOperation", typeOf(userOperation), userOp("0xb61d27f6"+argument(mallory)+word1+strings.Repeat("0", 62)+"60"+strings.Repeat("0", 64), "0x", "0x")),
			chain.Effect{Kind: chain.Move, Asset: "ETH", Amount: "1", From: bob, To: mallory}},
		{"unknown call of an account", typed(safeText, "PackedUserOperation", typeOf(userOperation), userOp("0xdeadbeef", "0x", "0x")),
			chain.Effect{Kind: chain.Opaque, To: bob, Subject: "0xdeadbeef"}},
		{"token function of an account", typed(safeText, "PackedUserOperation", typeOf(userOperation), userOp("0xa9059cbb"+argument(mallory)+word1, "0x", "0x")),
			chain.Effect{Kind: chain.Opaque, To: bob, Subject: "own code"}},
		{"fee of an account", typed(safeText, "PackedUserOperation", typeOf(userOperation), userOp("0xdeadbeef", "0x", "0x")),
			chain.Effect{Kind: chain.Fee, Amount: "70", From: bob}},
		{"code of an account", typed(safeText, "PackedUserOperation", typeOf(userOperation), userOp("0xdeadbeef", "0x01", "0x")),
			chain.Effect{Kind: chain.Deploy, To: bob}},
		{"paymaster of an account", typed(safeText, "PackedUserOperation", typeOf(userOperation), userOp("0xdeadbeef", "0x", "0x"+strings.ToLower(mallory[2:]))),
			chain.Effect{Kind: chain.Opaque, To: mallory, Subject: "paymaster"}},
		{"call for which somebody else pays", typed(usdc, "MetaTransaction", typeOf(metaType), `{"nonce":0,"from":"`+alice+`","functionSignature":"0x095ea7b3`+argument(mallory)+max+`"}`),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + usdc, Amount: "unlimited", From: alice, To: mallory}},
		{"forwarded call", typed(bob, "ForwardRequest", typeOf(forwardType), `{"from":"`+alice+`","to":"`+usdc+`","value":2,"gas":1,"nonce":0,"deadline":1,"data":"0xa9059cbb`+argument(mallory)+word1+`"}`),
			chain.Effect{Kind: chain.Move, Asset: "erc20 " + usdc, From: alice, To: mallory}},
		{"forwarded call of the unknown", typed(bob, "ForwardRequest", typeOf(oldForwardType), `{"from":"`+alice+`","to":"`+usdc+`","value":0,"gas":1,"nonce":0,"data":"0x"}`),
			chain.Effect{Kind: chain.Opaque, To: usdc}},
		{"cancellation", typed(usdc, "CancelAuthorization", typeOf(cancelType), `{"authorizer":"`+alice+`","nonce":"0x`+strings.Repeat("1", 64)+`"}`),
			chain.Effect{Kind: chain.Message, To: usdc}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if in := decode(t, ethereum(), c.file); !shows(in, c.want) {
				t.Errorf("no effect like\n%sin\n%s", describe([]chain.Effect{c.want}), describe(in.Effects))
			}
		})
	}
}

// TestRedTeamDoors holds what a file must not hide.
func TestRedTeamDoors(t *testing.T) {
	bare := (&transaction{gasPrice: bigOf("1"), value: bigOf("1"), to: new(address)}).encode()
	in, err := ethereum().Decode(chain.Request{Form: FormTransaction, Payload: bare, Signer: signer(t)})
	if err != nil {
		t.Fatal(err)
	}
	if !shows(in, chain.Effect{Kind: chain.Opaque, Subject: "chain id"}) || !warns(in, "every network") || !warns(in, "nobody has the key") {
		t.Errorf("warnings %q and\n%s", in.Warnings, describe(in.Effects))
	}
	for name, text := range map[string]struct{ file, warning string }{
		"unlimited permit":    {permitFile(usdc, largest), "without limit"},
		"permit of another":   {strings.Replace(permitFile(usdc, "1"), alice, bob, 1), "another account"},
		"nearly unlimited":    {permitFile(usdc, "1"+strings.Repeat("0", 40)), "more than there is"},
		"fee above a tenth":   {`{"to":"` + bob + `","value":20999,"gas":21000,"gasPrice":1,"nonce":0}`, "tenth"},
		"code on the signer":  {`{"gas":1,"maxFeePerGas":1,"maxPriorityFeePerGas":1,"nonce":7,"to":"` + bob + `","authorizationList":[]}`, "empty"},
		"creation of nothing": {hexOf((&transaction{gasPrice: bigOf("1"), value: bigOf("1"), chainID: 1}).encode()), "lost"},
	} {
		if in := decode(t, ethereum(), text.file); !warns(in, text.warning) {
			t.Errorf("%s: warnings %q", name, in.Warnings)
		}
	}
	if in := decode(t, generic(), `{"to":"`+bob+`","chainId":56,"gas":21000,"gasPrice":1,"nonce":0}`); !shows(in, chain.Effect{Kind: chain.Fee, Detail: "chain id 56"}) {
		t.Errorf("effects\n%s", describe(in.Effects))
	}
	if in := decode(t, generic(), permitFile(usdc, "1")); !shows(in, chain.Effect{Kind: chain.Allow, Detail: "chain id 1"}) {
		t.Errorf("effects\n%s", describe(in.Effects))
	}
	in = decode(t, ethereum(), `{"to":"`+usdc+`","data":"0xa9059cbb`+argument(bob)+word1+`","gas":1,"gasPrice":1,"nonce":0}`)
	if in.Units["erc20 "+usdc] != (chain.Unit{Symbol: "USDC", Decimals: 6}) || in.Units["ETH"] != (chain.Unit{Symbol: "ETH", Decimals: 18}) || in.Names[usdc] != "USDC" {
		t.Errorf("units %v, names %v", in.Units, in.Names)
	}
}

func warns(in *chain.Intent, part string) bool {
	for _, w := range in.Warnings {
		if strings.Contains(w, part) {
			return true
		}
	}
	return false
}
