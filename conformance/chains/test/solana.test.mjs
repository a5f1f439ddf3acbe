// Solana, with @solana/web3.js.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519';
import {
  ComputeBudgetProgram, Keypair, MessageV0, PublicKey, StakeProgram, SystemProgram, Transaction, TransactionInstruction, TransactionMessage, VersionedTransaction,
} from '@solana/web3.js';
import bs58 from 'bs58';
import { DENIED, UNKNOWN, base64, decoded, derived, drawn, hasEffect, hex, refused, refusedMessage, sha256, signed, signedMessage, slip10 } from './strongroom.mjs';

const key = await derived('solana');
const payer = new PublicKey(key.address);
const bob = Keypair.fromSeed(sha256('bob')).publicKey;
const blockhash = bs58.encode(sha256('a recent block'));
const SOL = 1_000_000_000;
const transfer = (lamports = SOL / 4) => SystemProgram.transfer({ fromPubkey: payer, toPubkey: bob, lamports });
const move = { kind: 'move', asset: 'SOL', amount: String(SOL / 4), from: key.address, to: bob.toBase58() };
const unsigned = { requireAllSignatures: false, verifySignatures: false };

const legacy = (...instructions) => new Transaction({ feePayer: payer, recentBlockhash: blockhash }).add(...instructions);
const v0 = (...instructions) => new TransactionMessage({ payerKey: payer, recentBlockhash: blockhash, instructions }).compileToV0Message();

/** Signs a file, and checks the wire transaction that comes back against the message. */
async function signs(content, message, effects, keys = [key]) {
  const wire = Buffer.from(await signed('solana', content, { keys, effects }), 'base64');
  const got = VersionedTransaction.deserialize(wire);
  assert.equal(hex(got.message.serialize()), hex(message));
  keys.forEach((by, i) => {
    assert.equal(got.message.staticAccountKeys[i].toBase58(), by.address);
    assert.ok(ed25519.verify(got.signatures[i], message, got.message.staticAccountKeys[i].toBytes()));
  });
  return wire;
}

test('addresses', async () => {
  assert.equal(key.address, Keypair.fromSeed(slip10("m/44'/501'/0'/0'/0'")).publicKey.toBase58());
  // The path of solana-keygen and of most wallets.
  const usual = await derived('solana', { path: "m/44'/501'/i'/0'" });
  assert.equal(usual.address, Keypair.fromSeed(slip10("m/44'/501'/0'/0'")).publicKey.toBase58());
});

const legacyForms = {
  'serialize, base64': (tx) => tx.serialize(unsigned).toString('base64'),
  'serialize, hex': (tx) => tx.serialize(unsigned).toString('hex'),
  'serialize, base58': (tx) => bs58.encode(tx.serialize(unsigned)),
  'serialize, bytes': (tx) => tx.serialize(unsigned),
  'serializeMessage, base64': (tx) => tx.serializeMessage().toString('base64'),
  'serializeMessage, bytes': (tx) => tx.serializeMessage(),
};
for (const [name, write] of Object.entries(legacyForms)) {
  test(`legacy transaction: ${name}`, async () => {
    const tx = legacy(transfer());
    const wire = await signs(write(tx), tx.serializeMessage(), [move, { kind: 'fee', asset: 'SOL', amount: '5000' }]);
    assert.ok(Transaction.from(wire).verifySignatures());
  });
}

const v0Forms = {
  'serialize, base64': (message) => base64(new VersionedTransaction(message).serialize()),
  'serialize, bytes': (message) => new VersionedTransaction(message).serialize(),
  'message, base64': (message) => base64(message.serialize()),
  'message, hex': (message) => hex(message.serialize()),
};
for (const [name, write] of Object.entries(v0Forms)) {
  test(`version 0: ${name}`, async () => {
    const message = v0(transfer());
    const wire = await signs(write(message), message.serialize(), [move, { kind: 'fee', asset: 'SOL', amount: '5000' }]);
    assert.equal(VersionedTransaction.deserialize(wire).version, 0);
  });
}

test('the same transaction is signed as web3.js signs it', async () => {
  const tx = legacy(transfer());
  const wire = await signs(tx.serialize(unsigned), tx.serializeMessage(), [move]);
  tx.sign(Keypair.fromSeed(slip10("m/44'/501'/0'/0'/0'")));
  assert.equal(hex(wire), tx.serialize().toString('hex'));
});

test('priority fees', async () => {
  const message = v0(ComputeBudgetProgram.setComputeUnitLimit({ units: 200_000 }), ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 50_000 }), transfer());
  await signs(message.serialize(), message.serialize(), [move, { kind: 'fee', asset: 'SOL', amount: String(5000 + 10_000) }]);
});

test('a durable nonce', async () => {
  const noncePubkey = Keypair.fromSeed(sha256('nonce')).publicKey;
  const tx = new Transaction({ feePayer: payer, nonceInfo: { nonce: blockhash, nonceInstruction: SystemProgram.nonceAdvance({ noncePubkey, authorizedPubkey: payer }) } }).add(transfer());
  tx.compileMessage();
  await signs(tx.serialize(unsigned), tx.serializeMessage(), [{ ...move, until: /nonce/ }]);
});

test('two signers, both ours', async () => {
  const second = await drawn('solana');
  const tx = legacy(transfer(), SystemProgram.transfer({ fromPubkey: new PublicKey(second.address), toPubkey: bob, lamports: 7 }));
  const wire = await signs(tx.serialize(unsigned), tx.serializeMessage(), [move, { kind: 'move', amount: '7', from: second.address }], [key, second]);
  assert.ok(Transaction.from(wire).verifySignatures());
});

test('two signers, one of them somebody else, who signed before or signs later', async () => {
  const partner = Keypair.fromSeed(sha256('partner'));
  const tx = legacy(transfer(), SystemProgram.transfer({ fromPubkey: partner.publicKey, toPubkey: bob, lamports: 7 }));
  const first = await signs(tx.serialize(unsigned), tx.serializeMessage(), [move]);
  const later = Transaction.from(first);
  assert.ok(!later.verifySignatures());
  later.partialSign(partner);
  assert.ok(later.verifySignatures());
  tx.partialSign(partner);
  const both = Transaction.from(await signs(tx.serialize(unsigned), tx.serializeMessage(), [move]));
  assert.ok(both.verifySignatures());
  assert.equal(hex(both.serialize()), hex(later.serialize()));
});

test('a new account, and stake', async () => {
  const stake = Keypair.fromSeed(sha256('stake')).publicKey;
  const vote = Keypair.fromSeed(sha256('vote')).publicKey;
  const created = StakeProgram.createAccountWithSeed({
    fromPubkey: payer, stakePubkey: stake, basePubkey: payer, seed: 'stake:0', lamports: SOL, authorized: { staker: payer, withdrawer: payer },
  });
  const tx = legacy(...StakeProgram.delegate({ stakePubkey: stake, authorizedPubkey: payer, votePubkey: vote }).instructions);
  await signs(tx.serialize(unsigned), tx.serializeMessage(), [{ kind: 'register', to: vote.toBase58() }]);
  const preview = await decoded('solana', legacy(...created.instructions).serialize(unsigned), { keys: [key] });
  hasEffect(preview.effects, { kind: 'move', amount: String(SOL), from: key.address, to: stake.toBase58() });
});

test('what is signed already, not ours, or not understood', async () => {
  const tx = legacy(transfer());
  const stranger = Keypair.fromSeed(sha256('stranger'));
  const theirs = new Transaction({ feePayer: stranger.publicKey, recentBlockhash: blockhash }).add(SystemProgram.transfer({ fromPubkey: stranger.publicKey, toPubkey: bob, lamports: 1 }));
  await refused('solana', theirs.serialize(unsigned), /sign/, { status: UNKNOWN, keys: [key] });
  tx.sign(Keypair.fromSeed(slip10("m/44'/501'/0'/0'/0'")));
  await refused('solana', tx.serialize(), /has signed .* already/, { keys: [key] });
  const program = Keypair.fromSeed(sha256('program')).publicKey;
  const call = legacy(new TransactionInstruction({ programId: program, keys: [{ pubkey: payer, isSigner: true, isWritable: true }], data: Buffer.from('0102030405060708', 'hex') }));
  hasEffect((await decoded('solana', call.serialize(unsigned), { keys: [key] })).effects, { kind: 'opaque', to: program.toBase58() });
  await refused('solana', call.serialize(unsigned), /./, { status: DENIED, keys: [key] });
});

test('an account from a lookup table is denied', async () => {
  const message = new MessageV0({
    header: { numRequiredSignatures: 1, numReadonlySignedAccounts: 0, numReadonlyUnsignedAccounts: 1 },
    staticAccountKeys: [payer, SystemProgram.programId],
    recentBlockhash: blockhash,
    compiledInstructions: [{ programIdIndex: 1, accountKeyIndexes: [0, 2], data: transfer().data }],
    addressTableLookups: [{ accountKey: bob, writableIndexes: [3], readonlyIndexes: [] }],
  });
  hasEffect((await decoded('solana', message.serialize(), { keys: [key] })).effects, { kind: 'opaque' });
  await refused('solana', message.serialize(), /./, { status: DENIED, keys: [key] });
});

test('messages: the off-chain message that is signed', async () => {
  const text = 'I own this address';
  const signature = bs58.decode((await signedMessage('solana', text, { key })).trim());
  // docs.anza.xyz/proposals/off-chain-message-signing, version 0
  const size = Buffer.alloc(2);
  size.writeUInt16LE(text.length);
  const layout = Buffer.concat([Buffer.from('\xffsolana offchain', 'latin1'), Buffer.of(0), Buffer.alloc(32), Buffer.of(0, 1), payer.toBytes(), size, Buffer.from(text)]);
  assert.ok(ed25519.verify(signature, layout, payer.toBytes()));
});

test('messages: what a wallet signs for a website', async () => {
  const text = 'example.com wants you to sign in with this account';
  const signature = bs58.decode((await signedMessage('solana', text, { key, form: 'raw-message' })).trim());
  assert.ok(ed25519.verify(signature, Buffer.from(text), payer.toBytes()));
  await refusedMessage('solana', legacy(transfer()).serializeMessage(), /./, { key, form: 'raw-message' });
});
