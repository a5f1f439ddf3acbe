// Bitcoin, Litecoin and Dogecoin, with bitcoinjs-lib.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as bitcoin from 'bitcoinjs-lib';
import { schnorr, secp256k1 } from '@noble/curves/secp256k1';
import { DENIED, UNKNOWN, addressAs, bip32, bytes, decoded, derived, hasEffect, hex, refused, sha256, signed, signedMessage, signing } from './strongroom.mjs';

// What bitcoinjs-lib needs of the curve for Taproot: BIP-340 and BIP-341 in terms of points.
const { ProjectivePoint: Point, CURVE } = secp256k1;
bitcoin.initEccLib({
  isXOnlyPoint: (x) => { try { schnorr.utils.lift_x(BigInt(`0x${hex(x)}`)); return true; } catch { return false; } },
  xOnlyPointAddTweak: (x, tweak) => {
    const sum = schnorr.utils.lift_x(BigInt(`0x${hex(x)}`)).add(Point.BASE.multiply(BigInt(`0x${hex(tweak)}`) % CURVE.n));
    return sum.equals(Point.ZERO) ? null : { parity: Number(sum.toAffine().y & 1n), xOnlyPubkey: sum.toRawBytes(true).subarray(1) };
  },
});
/** The verifier that Psbt.validateSignaturesOfAllInputs takes. */
const verifies = (key, digest, signature) => (key.length === 32 ? schnorr.verify(signature, digest, key) : secp256k1.verify(signature, digest, key, { lowS: true }));

const litecoin = { messagePrefix: '\x19Litecoin Signed Message:\n', bech32: 'ltc', bip32: { public: 0x019da462, private: 0x019d9cfe }, pubKeyHash: 0x30, scriptHash: 0x32, wif: 0xb0 };
const dogecoin = { messagePrefix: '\x19Dogecoin Signed Message:\n', bech32: 'none', bip32: { public: 0x02facafd, private: 0x02fac398 }, pubKeyHash: 0x1e, scriptHash: 0x16, wif: 0x9e };

const { p2pkh, p2sh, p2tr, p2wpkh, p2wsh, p2ms } = bitcoin.payments;
/** The ways to pay to a key. */
const ways = {
  p2pkh: (pubkey, network = bitcoin.networks.bitcoin) => p2pkh({ pubkey, network }),
  p2wpkh: (pubkey, network = bitcoin.networks.bitcoin) => p2wpkh({ pubkey, network }),
  'p2sh-p2wpkh': (pubkey, network = bitcoin.networks.bitcoin) => p2sh({ redeem: p2wpkh({ pubkey, network }), network }),
  p2tr: (pubkey, network = bitcoin.networks.bitcoin) => p2tr({ internalPubkey: pubkey.subarray(1), network }),
};

const key = await derived('bitcoin');
const pubkey = bytes(key.hex);
const other = await derived('bitcoin', { index: 1 });
const bob = p2wpkh({ pubkey: bytes(bip32("m/84'/0'/0'/0/7").publicKey.slice(2)) }).address;

/** A transaction that pays to a script. */
function funding(script, value, number) {
  const tx = new bitcoin.Transaction();
  tx.addInput(sha256(`input ${number}`), number);
  tx.addOutput(script, value);
  return tx;
}

/** An input for a PSBT that spends a payment, as bitcoinjs-lib wants it. */
function spending(way, payment, value, { number = 0, full = way === 'p2pkh' } = {}) {
  const previous = funding(payment.output, value, number);
  return {
    hash: previous.getId(),
    index: 0,
    sequence: 0xfffffffd,
    ...(full ? { nonWitnessUtxo: previous.toBuffer() } : { witnessUtxo: { script: payment.output, value } }),
    ...(way === 'p2sh-p2wpkh' ? { redeemScript: payment.redeem.output } : {}),
    ...(way === 'p2tr' ? { tapInternalKey: payment.internalPubkey } : {}),
  };
}

/** A PSBT that spends payments and pays to Bob, with change. */
function pays(inputs, { network, to = bob, change, amount = 60_000n, back = 30_000n }) {
  const psbt = new bitcoin.Psbt({ network });
  psbt.addInputs(inputs);
  psbt.addOutput({ address: to, value: amount });
  psbt.addOutput({ address: change, value: back });
  return psbt;
}

/** Signs a PSBT both ways, and checks the signatures and what comes out in the end. */
async function signs(psbt, { chain = 'bitcoin', network, keys, effects, testnet, content = psbt.toBase64() }) {
  const back = bitcoin.Psbt.fromBase64(await signed(chain, content, { keys, effects, testnet }), { network });
  assert.deepEqual(back.txInputs, psbt.txInputs);
  assert.deepEqual(back.txOutputs, psbt.txOutputs);
  assert.ok(back.validateSignaturesOfAllInputs(verifies));
  const extracted = back.finalizeAllInputs().extractTransaction(true).toHex();
  assert.equal(await signed(chain, content, { keys, effects, testnet, form: 'transaction' }), extracted);
  return bitcoin.Transaction.fromHex(extracted);
}

const move = (from, to = bob, amount = 60_000n, asset = 'BTC') => ({ kind: 'move', asset, amount: String(amount), from, to });
const fee = (amount = 10_000n, asset = 'BTC') => ({ kind: 'fee', asset, amount: String(amount) });

test('addresses', async () => {
  for (const [way, pay] of Object.entries(ways)) assert.equal(await addressAs('bitcoin', way, key), pay(pubkey).address);
  assert.equal(key.address, p2wpkh({ pubkey }).address);
  assert.equal(key.hex, bip32("m/44'/0'/0'/0/0").publicKey.slice(2));
  const taproot = await derived('bitcoin', { path: "m/86'/0'/0'/0/i" });
  // The first address of BIP-86's test vectors, which have these words.
  assert.equal(await addressAs('bitcoin', 'p2tr', taproot), 'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr');
  const segwit = await derived('bitcoin', { path: "m/84'/0'/0'/0/i" });
  assert.equal(segwit.address, 'bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu'); // of BIP-84
});

for (const [way, pay] of Object.entries(ways)) {
  const payment = pay(pubkey);
  const psbt = () => pays([spending(way, payment, 100_000n)], { change: payment.address });
  const effects = [move(payment.address), move(payment.address, payment.address, 30_000n), fee()];
  for (const [form, write] of Object.entries({ base64: (p) => p.toBase64(), hex: (p) => p.toHex(), bytes: (p) => p.toBuffer() })) {
    test(`PSBT, ${way}, ${form}`, async () => {
      const order = psbt();
      const tx = await signs(order, { keys: [key], effects, content: write(order) });
      assert.equal(tx.ins.length, 1);
      assert.equal(tx.ins[0].witness.length, { p2pkh: 0, p2tr: 1 }[way] ?? 2);
    });
  }
}

test('PSBT, an input of SegWit with its previous transaction', async () => {
  const payment = ways.p2wpkh(pubkey);
  const psbt = pays([spending('p2wpkh', payment, 100_000n, { full: true })], { change: payment.address });
  await signs(psbt, { keys: [key], effects: [move(payment.address), fee()] });
});

test('PSBT, all ways at once, of two keys that nobody names', async () => {
  const inputs = Object.entries(ways).map(([way, pay], number) => spending(way, pay(bytes((number % 2 ? other : key).hex)), 50_000n, { number, full: way !== 'p2tr' }));
  const psbt = pays(inputs, { change: key.address, amount: 150_000n, back: 40_000n });
  // Signatures of other inputs do not commit to the amount of the one without a previous transaction.
  const tx = await signs(psbt, { keys: [key, other], effects: [{ kind: 'move', amount: '150000', to: bob }, { ...fee('all'), detail: /^10000 as it is stated/ }] });
  assert.equal(tx.ins.length, 4);
  // Without a name, the keys of the wallet are tried.
  const { result } = await signing('bitcoin', psbt.toBase64());
  assert.ok(bitcoin.Psbt.fromBase64(result).validateSignaturesOfAllInputs(verifies));
});

test('PSBT with derivation paths and unsigned by anybody', async () => {
  const payment = ways.p2wpkh(pubkey);
  const psbt = pays([spending('p2wpkh', payment, 100_000n)], { change: payment.address });
  psbt.updateInput(0, { bip32Derivation: [{ masterFingerprint: bytes('73c5da0a'), path: "m/44'/0'/0'/0/0", pubkey }] });
  const { effects, signers } = await decoded('bitcoin', psbt.toBase64());
  hasEffect(effects, move(payment.address));
  assert.deepEqual(signers, [key.public]);
  const tx = await signs(psbt, { keys: [key], effects: [move(payment.address)] });
  assert.equal(tx.outs.length, 2);
});

test('PSBT, two of two with somebody else', async () => {
  const partner = bip32("m/44'/0'/5'/0/0");
  const pubkeys = [pubkey, bytes(partner.publicKey.slice(2))];
  const payment = p2wsh({ redeem: p2ms({ m: 2, pubkeys }) });
  const psbt = pays([{ ...spending('p2wsh', payment, 100_000n), witnessScript: payment.redeem.output }], { change: payment.address });
  const theirs = psbt.clone().signInput(0, {
    publicKey: pubkeys[1],
    sign: (digest) => secp256k1.sign(digest, bytes(partner.privateKey.slice(2)), { lowS: true }).toCompactRawBytes(),
  });
  for (const content of [psbt, theirs]) { // before and after the other has signed
    const ours = bitcoin.Psbt.fromBase64(await signed('bitcoin', content.toBase64(), { keys: [key], effects: [move(payment.address)] }));
    assert.ok(ours.validateSignaturesOfInput(0, verifies, pubkey));
    const tx = (content === psbt ? ours.combine(theirs) : ours).finalizeAllInputs().extractTransaction(true);
    assert.equal(tx.ins[0].witness.length, 4);
  }
});

test('PSBT, signatures that others may build upon are denied', async () => {
  const payment = ways.p2wpkh(pubkey);
  const psbt = pays([{ ...spending('p2wpkh', payment, 100_000n), sighashType: bitcoin.Transaction.SIGHASH_ALL | bitcoin.Transaction.SIGHASH_ANYONECANPAY }], { change: payment.address });
  hasEffect((await decoded('bitcoin', psbt.toBase64(), { keys: [key] })).effects, { kind: 'opaque' });
  await refused('bitcoin', psbt.toBase64(), /./, { status: DENIED, keys: [key] });
});

test('what can not be signed', async () => {
  const foreign = ways.p2wpkh(bytes(bip32("m/84'/0'/9'/0/0").publicKey.slice(2)));
  const psbt = pays([spending('p2wpkh', foreign, 100_000n)], { change: foreign.address });
  await refused('bitcoin', psbt.toBase64(), /key/, { status: UNKNOWN, keys: [key] });
  const mine = pays([spending('p2wpkh', ways.p2wpkh(pubkey), 100_000n)], { change: key.address });
  await refused('bitcoin', mine.__CACHE.__TX.toHex(), /amounts of its inputs[^]*use a PSBT/, { keys: [key] });
  await refused('bitcoin', pays([spending('p2wpkh', ways.p2wpkh(pubkey), 80_000n)], { change: key.address }).toBase64(), /above the inputs/, { keys: [key] });
});

const relatives = [
  ['bitcoin', bitcoin.networks.testnet, 'BTC', ['p2pkh', 'p2wpkh', 'p2sh-p2wpkh', 'p2tr'], true],
  ['litecoin', litecoin, 'LTC', ['p2pkh', 'p2wpkh', 'p2sh-p2wpkh', 'p2tr']],
  ['dogecoin', dogecoin, 'DOGE', ['p2pkh']],
];
for (const [chain, network, symbol, forms, testnet] of relatives) {
  test(`${chain}${testnet ? ', test network' : ''}`, async () => {
    const by = await derived(chain, { testnet });
    for (const way of forms) {
      const payment = ways[way](bytes(by.hex), network);
      assert.equal(await addressAs(chain, way, by, { testnet }), payment.address);
      const psbt = pays([spending(way, payment, 100_000_000n)], { network, to: payment.address, change: payment.address, amount: 90_000_000n, back: 9_000_000n });
      const effects = [move(payment.address, payment.address, 90_000_000n, symbol), fee(1_000_000n, symbol)];
      await signs(psbt, { chain, network, keys: [by], effects, testnet });
    }
  });
}

/** The key that a signature of BIP-137 is by, and the kind of address that it is for. */
function recovered(message, signature, prefix) {
  const raw = Buffer.from(signature, 'base64');
  assert.equal(raw.length, 65);
  const lengths = [prefix, message].map((text) => Buffer.from(text).length); // below 253: one byte each
  const digest = sha256(sha256(prefix, Buffer.of(lengths[1]), message));
  const header = raw[0] - 27;
  const point = secp256k1.Signature.fromCompact(raw.subarray(1)).addRecoveryBit(header & 3).recoverPublicKey(digest);
  return { key: point.toHex(true), kind: header >> 2 };
}

test('messages, BIP-137', async () => {
  const message = 'I own this address';
  assert.deepEqual(recovered(message, await signedMessage('bitcoin', message, { key, form: 'message' }), bitcoin.networks.bitcoin.messagePrefix), { key: key.hex, kind: 3 });
  for (const [chain, network] of [['litecoin', litecoin], ['dogecoin', dogecoin]]) {
    const by = await derived(chain);
    assert.deepEqual(recovered(message, await signedMessage(chain, message, { key: by }), network.messagePrefix), { key: by.hex, kind: 1 });
  }
});

test('messages, BIP-137, for the address that is named', async () => {
  const message = 'I own this address';
  for (const [way, kind] of [['p2pkh', 1], ['p2sh-p2wpkh', 2], ['p2wpkh', 3]]) {
    const signature = await signedMessage('bitcoin', message, { key: { public: ways[way](pubkey).address }, form: 'message' });
    assert.deepEqual(recovered(message, signature, bitcoin.networks.bitcoin.messagePrefix), { key: key.hex, kind }, way);
  }
});

test('messages, BIP-322', async () => {
  const message = 'Hello World';
  const payment = ways.p2wpkh(pubkey);
  const witness = Buffer.from(await signedMessage('bitcoin', message, { key }), 'base64');
  // The virtual transactions of the standard.
  const spent = new bitcoin.Transaction();
  spent.version = 0;
  const tag = sha256('BIP0322-signed-message');
  spent.addInput(Buffer.alloc(32), 0xffffffff, 0, bitcoin.script.compile([bitcoin.opcodes.OP_0, sha256(tag, tag, message)]));
  spent.addOutput(payment.output, 0n);
  const spend = new bitcoin.Transaction();
  spend.version = 0;
  spend.addInput(spent.getHash(), 0, 0);
  spend.addOutput(bitcoin.script.compile([bitcoin.opcodes.OP_RETURN]), 0n);
  assert.equal(witness[0], 2);
  const signature = witness.subarray(2, 2 + witness[1]);
  assert.equal(hex(witness.subarray(3 + witness[1])), key.hex);
  const { signature: raw, hashType } = bitcoin.script.signature.decode(signature);
  assert.equal(hashType, bitcoin.Transaction.SIGHASH_ALL);
  const digest = spend.hashForWitnessV0(0, ways.p2pkh(pubkey).output, 0n, hashType);
  assert.ok(secp256k1.verify(raw, digest, pubkey));
});
