// Package bitcoin understands what keys of Bitcoin and the networks of its kind sign:
// Litecoin, Dogecoin and Bitcoin Cash. [Params] is what tells them apart.
//
// # Forms
//
//	form         payload                     result
//	transaction  PSBT, all inputs are ours   the final transaction, hex
//	psbt         PSBT, some inputs are ours  the PSBT with our signatures, base64
//	message      the message, any bytes      65 bytes of BIP-137, base64
//	bip322       the message, any bytes      the witness stack of BIP-322 "simple", base64
//
// A PSBT is version 0 of BIP-174 in binary. The standard leaves the order of a map's
// keys open; here it is ascending by bytes, keys occur once, lengths are as short as
// they can be, and previous transactions stand without their witnesses, so that each
// content has one encoding. What the package does not know stays as it is and is
// carried through. [Chain.ReadFile] puts other spellings into this order.
//
// # Signers
//
// Request.Signer and Request.Signers are candidates: the output that an input spends
// says which of them signs. Such outputs are P2PKH (also of the uncompressed form of a
// key), P2PK, P2WPKH, P2SH-P2WPKH and P2TR by its key path (BIP-341, with a script tree
// or, as BIP-86 has it, without), and for "psbt" P2SH and P2WSH of the usual
// multi-signature script. On Bitcoin Cash it is P2PKH, by Schnorr signature.
// For "transaction", each input must be one that a candidate signs alone; for
// "psbt" at least one must be signed by a candidate, and the inputs of others stay.
// Inputs that have a final script or the candidate's signature already stay too. A
// request without any key is one for all keys of which the PSBT says how its inputs
// derive them (PSBT_IN_BIP32_DERIVATION).
//
// The hash type is ALL (with FORKID on Bitcoin Cash; DEFAULT for P2TR) or what the PSBT
// asks for. SINGLE without an output of the same number is refused.
//
// # Context
//
// Of the forms with a PSBT the context says what a file left open ([Context]). With
// an empty one, inputs before SegWit need the previous transaction, because their
// signatures do not commit to an amount. Of the messages it is the format of the
// address to sign for, as in [Chain.AddressFormats] (for BIP-137 also
// [FormatUncompressed]); empty means the first format that the form can do.
//
// # Effects
//
// Each output is a Move of the native asset, in its smallest unit. From are the addresses
// of the inputs that are signed, three at most before the rest is counted; a text with
// several never equals one address. An output to a key that signs alone is shown too; its
// Detail is "change". So is that of an output to the script of a shared account or with
// a script tree, but only where every input that is signed spends this very script:
// others can spend from it. Outputs whose script is not understood, or has another meaning
// on this network, are Opaque with the script in hex as Subject. Data outputs are Opaque
// unless they are empty, because protocols on top move their tokens so, some by bytes
// (Omni, Runes, SLP) and some by plain text (THORChain); what they burn is a Move to
// [Unspendable].
//
// The last effect is the Fee: inputs less outputs, if that is proved. It is proved where
// a previous transaction is there for every input, or where each signature that is made
// here is valid only with these amounts. That holds for those of BIP-341; for one of
// BIP-143 if its own input is the only one without a previous transaction; and for all if
// an input of BIP-341 without script tree is proved by its previous transaction and
// signed here. In all other cases the fee can be higher than it seems, by signatures of
// one request used in the transaction of another, so its Amount is "all", and Detail has
// the figure that the payload states.
//
// Hash types other than ALL and DEFAULT let others change the transaction. They are
// Opaque, one effect for each input, with what others may change; the fee is then "all".
//
// Satoshis may be worth more than their number: inscriptions, Runes and other tokens
// that hang on an output go where it is spent to, and nothing in a transaction tells.
//
// # Messages
//
// "message" signs the double SHA-256 of the network's prefix and the message, and gives
// the recovery header of BIP-137 for the format of the address. "bip322" signs the
// virtual transactions of BIP-322 for P2WPKH and P2TR. [Chain.MessageRequest] takes
// bip322 where the usual address is P2WPKH, and message elsewhere. Bitcoin and Bitcoin
// Cash have the same prefix, so a message that is signed on one is signed on both.
//
// # Private keys
//
// WIF says whether the public key is used uncompressed. The vault keeps the number alone,
// so this is lost: the output to spend tells which form it pays to, and
// [Chain.FormatPrivate] always writes the compressed one.
//
// The package is pure. It is imported by chain/all, and by APIs that make a [Context].
// The library btcd gives the digests; the PSBT is read by code of our own, because the
// reader of btcd makes room for what a length promises, and gives back neither the order
// of the entries nor all that it does not know.
package bitcoin
