// Package evm understands what keys sign on Ethereum and on the chains that sign as
// Ethereum does: BSC, Polygon, KCC, XDC, and Celo, Kaia and Harmony with the
// transactions that only they have. [New] makes each of them from its row of the
// registry.
//
// # Forms
//
//	form               payload                                          what is signed
//	transaction        the preimage of the digest: for legacy           keccak-256 of the payload
//	                   transactions the list of nine members that ends
//	                   with chain id, 0, 0 (EIP-155), or of six without;
//	                   else the type byte and the list of the unsigned
//	                   members (EIP-2930, 1559, 4844, 7702)
//	authorization      0x05 and the list of chain id, address, nonce     keccak-256 of the payload
//	                   (EIP-7702)
//	message            any bytes                                        EIP-191, version 0x45 (personal_sign)
//	validator-message  20 bytes of the validator's address, any bytes   EIP-191, version 0x00
//	typed-data         canonical JSON ([CanonicalTypedData])            EIP-712
//	clique-header      the list of the members of a block's header, 15  keccak-256 of the payload
//	                   or 16 with a base fee, whose extra data have no
//	                   seal (EIP-225)
//	digest             32 bytes                                         the payload
//	fee-payer          Kaia: what the sender signed                     the list of the sender's bytes, fee
//	                                                                    payer, chain id, 0, 0
//
// The signer is Request.Signer, a secp256k1 key, and is needed. Context is empty, or
// the 20 bytes of the address that the signer has to have; of fee-payer it is the RLP of
// a list of the sender's signatures (lists of v, r, s) and of the fee payer's address,
// or nothing for that of the signer. The result of a
// transaction is the signed transaction; one with blobs is without its sidecar, which
// whoever sends it adds. That of clique-header is the seal of 65 bytes, r‖s‖v with v of
// 0 or 1. The other results are 65 bytes too, with v of 27 or 28. The text of all is 0x
// and hex. A transaction or domain with another chain id than the network's is refused;
// the generic chain (chain id 0 in [Params]) takes all, and says which it is in the
// Detail of the fee.
//
// # Dialects
//
// As form transaction, and always as the preimage of the digest:
//
//   - Celo: CIP-64 (0x7b, the fee in a token), and for compatibility CIP-42 (0x7c) and the
//     older list of twelve members (nonce, gas price, gas, fee currency, gateway, gateway
//     fee, receiver, value, data, chain id, 0, 0). Networks have refused the last two since
//     2025-03-26, which a warning says. The Fee is in the token: the asset is the address
//     that the transaction names, for USDC and USDT that of an adapter that counts 18
//     decimals. What a gateway gets is a Move. CELO that its contract moves is the asset
//     "erc20 " and the contract's address, which Names says is the native asset: rules for
//     CELO must name both.
//   - Kaia: the list of an encoded list, chain id, 0, 0 for the types 0x08 to 0x4a
//     (docs.kaia.io, transactions). They name the account that they are of, which need not
//     have the key's address, because accounts change their keys: effects are then from
//     that account, and a warning says so. An update of an account is one Authority for
//     each new key, with its role. A cancellation is Message, anchored data and a memo
//     that is no text, or goes to the account itself, are Opaque. Where somebody else
//     pays, the Fee is from "fee payer", the result is what the fee payer is given, and in
//     the form fee-payer effects are from the sender, the Fee from the signer; that the
//     sender's signatures are right is not checked, nor part of what the fee payer signs.
//     Types with the prefix 0x78 are Ethereum's without it, and so is their result, for
//     eth_sendRawTransaction.
//   - Harmony: the list of nonce, gas price, gas, shard, shard of the receiver, receiver,
//     value, data, chain id (1 or 2), 0, 0. A Move to another shard says so in its Detail,
//     and so do all effects on another shard than 0, for which the network's chain id of
//     EIP-155 stands. A call there is Opaque besides, because another contract may have the
//     address.
//
// # Effects
//
// The native asset goes by the symbol of the network, a token by "erc20 " and the
// address of its contract (erc721, erc1155). A Move is what is sent; package solidity
// reads call data, which are Opaque where the function is not known. Creating a contract
// is Deploy, to the address that it will have. Fee is the gas limit at the highest price,
// and a second Fee (Subject "blobs") the same of blobs; what a rollup charges besides for
// its data no transaction bounds, and is not in it. An authorization is Authority from
// the account that signed it, which is the signer only where it says so. What names no
// chain id has an Opaque effect besides ("valid on every network"), because nothing
// here knows what it does on the others. A call of the signer's own address, or of an
// account by ERC-4337, runs that account's code with all its rights: it is Opaque
// besides (Subject "own code"), except for the functions by which accounts make calls.
//
// A personal message is Message if it is text, and Opaque if it is binary, has 32
// bytes, has characters that cannot be seen, or is the text of a hash or of a
// transaction: accounts of Safe and of ERC-4337 take the hash of an order that is signed
// as a message. What is signed for a validator and a digest are Opaque. A service may
// take any text for an order, or make a key of its signature, which nothing here can know.
//
// The header of a block is Register, of the block that it seals, on any network whose
// signers of blocks sign headers so; a vote in it on who may sign blocks is Authority
// besides, and a header that networks of Clique would refuse is Opaque besides.
//
// Typed data are understood for the types in typeddata_known.go, by the whole encoding
// of the type and only in a domain of the standard's members with a contract that
// checks the signature: permits (EIP-2612, DAI, Permit2, NFTs), transfers by signature
// (EIP-3009), orders (Seaport, CoW, 0x), transactions of a Safe with what they call,
// operations of ERC-4337, forwarded calls, votes. Everything else is Opaque, whatever it
// is called. An allowance of at least half of what its type can hold is "unlimited";
// of "anybody" draws whoever takes the offer. Until is a time in UTC.
//
// The package is pure: no I/O, clock, randomness or keys. A chain remembers the
// addresses of public keys that it computed lately. Texts of private keys pass through
// as secret bytes. It is imported by chain/all and by the APIs of its peers.
package evm
