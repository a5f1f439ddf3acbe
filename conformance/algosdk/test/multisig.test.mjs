// Multisig accounts: two of three, one key in each of two wallets and a third
// elsewhere.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import algosdk from 'algosdk';
import { base64, client, decodeMultisig, exported, network, newWallet, partialMultisig, password, refused } from './client.mjs';

const kmd = client();
const outside = algosdk.generateAccount();
let first, second, multisig, address;

/** A wallet with one key. */
async function walletWithKey() {
  const { handle } = await newWallet(kmd);
  const key = (await kmd.generateKey(handle)).address;
  return { handle, address: key, public: algosdk.decodeAddress(key).publicKey, pair: await exported(kmd, handle, key) };
}

before(async () => {
  [first, second] = [await walletWithKey(), await walletWithKey()];
  multisig = { version: 1, threshold: 2, addrs: [first.address, second.address, outside.addr.toString()] };
  address = algosdk.multisigAddress(multisig).toString();
});

const keys = () => multisig.addrs.map((a) => base64(algosdk.decodeAddress(a).publicKey));
const payment = (sender = address) => algosdk.makePaymentTxnWithSuggestedParamsFromObject({ sender, receiver: outside.addr.toString(), amount: 4321, suggestedParams: network });

/** A signed transaction around the daemon's multisig, as a node takes it. */
const wrap = (transaction, msig) => algosdk.encodeMsgpack(new algosdk.SignedTransaction({ txn: transaction, msig }));

test('import, list, export, delete', async () => {
  const { handle } = await newWallet(kmd);
  assert.deepEqual(await kmd.listMultisig(handle), {});
  assert.deepEqual(await kmd.importMultisig(handle, 1, 2, keys()), { address });
  await refused(kmd.importMultisig(handle, 1, 2, keys()), 400, 'key already exists in wallet');
  assert.deepEqual(await kmd.listMultisig(handle), { addresses: [address] });
  assert.deepEqual(await kmd.listKeys(handle), {});
  assert.deepEqual(await kmd.exportMultisig(handle, address), { multisig_version: 1, pks: keys(), threshold: 2 });
  const unknown = 'multisig information (pks, threshold) for address does not exist in this wallet';
  await refused(kmd.deleteMultisig(handle, 'wrong', address), 400, 'error decrypting. wrong password?');
  assert.deepEqual(await kmd.deleteMultisig(handle, password, address), {});
  assert.deepEqual(await kmd.deleteMultisig(handle, password, address), {});
  await refused(kmd.exportMultisig(handle, address), 400, unknown);
  await refused(kmd.importMultisig(handle, 2, 2, keys()), 400, 'unknown version');
  await refused(kmd.importMultisig(handle, 1, 4, keys()), 400, 'Invalid threshold');
});

test('two wallets sign one after the other', async () => {
  await kmd.importMultisig(first.handle, 1, 2, keys());
  const transaction = payment();
  const one = await kmd.signMultisigTransaction(first.handle, password, transaction, first.public);
  const blob = algosdk.createMultisigTransaction(transaction, multisig);
  assert.deepEqual(wrap(transaction, decodeMultisig(one)), algosdk.appendSignMultisigTransaction(blob, multisig, first.pair).blob);
  assert.ok(!algosdk.verifyMultisig(transaction.bytesToSign(), decodeMultisig(one), algosdk.decodeAddress(address).publicKey), 'one signature is not enough');

  // The second wallet need not know the account.
  const two = await kmd.signMultisigTransaction(second.handle, password, transaction, second.public, partialMultisig(decodeMultisig(one)));
  assert.ok(algosdk.verifyMultisig(transaction.bytesToSign(), decodeMultisig(two), algosdk.decodeAddress(address).publicKey));
  const local = algosdk.appendSignMultisigTransaction(algosdk.signMultisigTransaction(transaction, multisig, first.pair).blob, multisig, second.pair);
  assert.deepEqual(wrap(transaction, decodeMultisig(two)), local.blob);
});

test('signatures made apart are merged by the client', async () => {
  const transaction = payment();
  const empty = { v: 1, thr: 2, subsig: multisig.addrs.map((a) => ({ pk: algosdk.decodeAddress(a).publicKey })) };
  const parts = [];
  for (const wallet of [first, second]) {
    parts.push(wrap(transaction, decodeMultisig(await kmd.signMultisigTransaction(wallet.handle, password, transaction, wallet.public, partialMultisig(empty)))));
  }
  parts.push(algosdk.signMultisigTransaction(transaction, multisig, outside.sk).blob);
  const merged = algosdk.mergeMultisigTransactions(parts);
  const { msig } = algosdk.decodeSignedTransaction(merged);
  assert.equal(msig.subsig.filter((s) => s.s).length, 3);
  assert.ok(algosdk.verifyMultisig(transaction.bytesToSign(), msig, algosdk.decodeAddress(address).publicKey));
});

test('what is refused', async () => {
  const transaction = payment();
  const complete = decodeMultisig(await kmd.signMultisigTransaction(first.handle, password, transaction, first.public));
  await refused(kmd.signMultisigTransaction(first.handle, 'wrong', transaction, first.public), 400, 'error decrypting. wrong password?');
  await refused(kmd.signMultisigTransaction(second.handle, password, transaction, second.public), 400,
    'multisig information (pks, threshold) for address does not exist in this wallet');
  await refused(kmd.signMultisigTransaction(second.handle, password, payment(first.address), second.public, partialMultisig(complete)), 400,
    'given multisig preimage hashes to neither Sender nor AuthAddr');
  const stranger = await walletWithKey();
  await refused(kmd.signMultisigTransaction(stranger.handle, password, transaction, stranger.public, partialMultisig(complete)), 400,
    'given key is not a possible signer for this multisig');
  complete.subsig[0].s = complete.subsig[0].s.map((b) => b ^ 1);
  await refused(kmd.signMultisigTransaction(first.handle, password, transaction, first.public, partialMultisig(complete)), 400, 'Invalid duplicates');
});
