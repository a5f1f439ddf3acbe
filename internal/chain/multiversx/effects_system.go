package multiversx

import (
	"strings"

	"strongroom/internal/chain"
)

// systemName is what a system contract is for, "" for every other account.
func systemName(a address) string {
	if a.isProvider() {
		return "staking provider"
	}
	switch a {
	case system(validatorContract):
		return "staking contract"
	case system(tokenContract):
		return "token contract"
	case system(governanceContract):
		return "governance contract"
	case system(delegationManager):
		return "delegation manager"
	}
	return ""
}

// systemCall shows a function of a system contract. It reports whether it knows it.
func (d *description) systemCall(c *call) bool {
	switch d.tx.receiver {
	case system(tokenContract):
		return d.tokenSystem(c)
	case system(validatorContract):
		return d.validators(c)
	case system(governanceContract):
		return d.register(c, "vote", "proposal", "delegateVote", "closeProposal", "clearEndedProposals", "claimAccumulatedFees")
	case system(delegationManager):
		if c.function == "createNewDelegationContract" {
			d.add(chain.Effect{Kind: chain.Deploy, To: d.tx.Receiver, Subject: c.function, Detail: "create staking provider"})
			return true
		}
		return d.register(c, "claimMulti", "reDelegateMulti", "makeNewContractFromValidatorData",
			"mergeValidatorToDelegationSameOwner", "mergeValidatorToDelegationWithWhitelist")
	}
	return d.tx.receiver.isProvider() && d.delegation(c)
}

// register shows that the sender takes part in consensus, staking or voting, for
// functions that do nothing else.
func (d *description) register(c *call, known ...string) bool {
	for _, name := range known {
		if c.function == name {
			d.add(chain.Effect{Kind: chain.Register, To: d.tx.Receiver, Subject: c.function})
			return true
		}
	}
	return false
}

// validators are the functions of who runs nodes. Rewards may be sent elsewhere.
func (d *description) validators(c *call) bool {
	if c.function == "changeRewardAddress" {
		d.authority(c, chain.Effect{Asset: "account", To: c.account(0), Subject: "address of the staking rewards"})
		return true
	}
	if c.function == "stake" {
		// stake@count[@key@signature…][@reward address]
		if count := c.count(0); count >= 0 && len(c.args) == 2+2*count {
			d.authority(c, chain.Effect{Asset: "account", To: c.account(1 + 2*count), Subject: "address of the staking rewards"})
		}
	}
	return d.register(c, "stake", "unStake", "unBond", "unStakeNodes", "unBondNodes", "unStakeTokens", "unBondTokens", "unJail",
		"reStakeUnStakedNodes", "cleanRegisteredData", "claim")
}

// delegation are the functions of a staking provider. What is delegated has been shown
// as the transaction's value.
func (d *description) delegation(c *call) bool {
	switch c.function {
	case "unDelegate":
		d.add(chain.Effect{Kind: chain.Register, To: d.tx.Receiver, Subject: c.function, Detail: "amount " + c.number(0)})
		return true
	case "setAutomaticActivation", "changeServiceFee", "modifyTotalDelegationCap", "setCheckCapOnReDelegateRewards", "setMetaData":
		d.add(chain.Effect{Kind: chain.Authority, To: d.tx.Receiver, Subject: c.function, Detail: "settings of the staking provider"})
		return true
	case "whitelistForMerge":
		d.authority(c, chain.Effect{Asset: "account", To: c.account(0), Subject: c.function, Detail: "may merge its nodes into the staking provider"})
		return true
	}
	return d.register(c, "delegate", "withdraw", "claimRewards", "reDelegateRewards", "addNodes", "removeNodes", "stakeNodes",
		"unStakeNodes", "unBondNodes", "unJailNodes", "reStakeUnStakedNodes")
}

// tokenSystem are the functions of who issues and manages tokens
// (mx-chain-go: vm/systemSmartContracts/esdt.go).
func (d *description) tokenSystem(c *call) bool {
	token := c.token(0)
	switch c.function {
	case "issue", "issueSemiFungible", "issueNonFungible", "registerMetaESDT", "registerAndSetAllRoles", "registerDynamic",
		"registerAndSetAllRolesDynamic":
		d.issue(c)
		return true
	case "changeSFTToMetaESDT", "changeToMultiShardCreate", "changeToDynamic", "updateTokenID":
		d.managed(c, chain.Effect{Kind: chain.Deploy, Asset: token, Detail: "changes the token"})
	case "mint":
		d.managed(c, chain.Effect{Kind: chain.Deploy, Asset: token, Amount: c.number(1), To: d.tx.Sender, Detail: "mint"})
	case "freeze", "unFreeze":
		d.managed(c, chain.Effect{Kind: chain.Restrict, Asset: token, From: c.account(1), Detail: c.function})
	case "freezeSingleNFT", "unFreezeSingleNFT":
		d.managed(c, chain.Effect{Kind: chain.Restrict, Asset: c.item(0, 1), From: c.account(2), Detail: c.function})
	case "pause", "unPause":
		d.managed(c, chain.Effect{Kind: chain.Restrict, Asset: token, From: d.tx.Sender, Subject: "every holder", Detail: c.function})
	case "wipe":
		d.managed(c, chain.Effect{Kind: chain.Seize, Asset: token, Amount: everything, From: c.account(1), To: nobody, Detail: "wipe"})
	case "wipeSingleNFT":
		d.managed(c, chain.Effect{Kind: chain.Seize, Asset: c.item(0, 1), Amount: everything, From: c.account(2), To: nobody, Detail: "wipe"})
	case "transferOwnership":
		d.authority(c, chain.Effect{Asset: token, To: c.account(1), Subject: "owner of the token"})
	case "setSpecialRole", "unSetSpecialRole":
		d.authority(c, chain.Effect{Asset: token, To: c.account(1), Subject: c.function, Detail: "roles: " + words(c, 2)})
	case "transferNFTCreateRole":
		if c.account(1) == "" {
			d.malformed(c)
			break
		}
		d.authority(c, chain.Effect{Asset: token, From: c.account(1), To: c.account(2), Subject: "right to create items"})
	case "stopNFTCreate", "setBurnRoleGlobally", "unsetBurnRoleGlobally", "sendAllTransferRoleAddresses":
		d.authority(c, chain.Effect{Asset: token, To: d.tx.Receiver, Subject: c.function})
	case "controlChanges":
		d.authority(c, chain.Effect{Asset: token, To: d.tx.Receiver, Subject: "rights of the manager", Detail: words(c, 1)})
	default:
		return false
	}
	return true
}

// managed shows an effect on a token or on somebody's holding of it.
func (d *description) managed(c *call, e chain.Effect) {
	if e.Asset == "" || e.Kind != chain.Deploy && e.From == "" || c.function == "mint" && e.Amount == "" {
		d.malformed(c)
		return
	}
	d.unit(e.Asset)
	d.add(e)
}

// issue makes a new token, whose identifier only the network chooses.
func (d *description) issue(c *call) {
	if len(c.args) < 2 {
		d.malformed(c)
		return
	}
	e := chain.Effect{
		Kind: chain.Deploy, Asset: "new token", To: d.tx.Sender, Subject: c.function,
		Detail: "name " + quoted(string(c.arg(0))) + ", ticker " + quoted(string(c.arg(1))),
	}
	if c.function == "issue" {
		if e.Amount = c.number(2); e.Amount == "" {
			d.malformed(c)
			return
		}
		e.Detail += ", decimals " + c.number(3)
	}
	d.add(e)
}

// words are the arguments from one on, as texts.
func words(c *call, from int) string {
	var list []string
	for _, arg := range c.args[min(from, len(c.args)):] {
		list = append(list, quoted(string(arg)))
	}
	return strings.Join(list, " ")
}
