// Transactions of every kind that the client can make, signed by the daemon and
// by the client itself with the exported key: the bytes must be the same.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import algosdk from 'algosdk';
import { client, exported, network, newWallet, password, refused, verifies } from './client.mjs';

const kmd = client();
const other = algosdk.generateAccount().addr.toString();
const bytes = (length, value) => new Uint8Array(length).fill(value);
let handle, sender, pair;

before(async () => {
  ({ handle } = await newWallet(kmd));
  sender = (await kmd.generateKey(handle)).address;
  pair = await exported(kmd, handle, sender);
});

const base = () => ({ sender, suggestedParams: network });
const app = (more) => ({ ...base(), appIndex: 1234, ...more });
const kinds = {
  'payment': () => algosdk.makePaymentTxnWithSuggestedParamsFromObject({ ...base(), receiver: other, amount: 1234567 }),
  'payment with everything': () => algosdk.makePaymentTxnWithSuggestedParamsFromObject({
    ...base(), receiver: other, amount: 1n, closeRemainderTo: other, note: bytes(1000, 7), lease: bytes(32, 9), rekeyTo: other,
  }),
  'payment of the largest amount': () => algosdk.makePaymentTxnWithSuggestedParamsFromObject({ ...base(), receiver: other, amount: 2n ** 64n - 1n }),
  'payment of nothing to oneself': () => algosdk.makePaymentTxnWithSuggestedParamsFromObject({ ...base(), receiver: sender, amount: 0 }),
  'key registration, online': () => algosdk.makeKeyRegistrationTxnWithSuggestedParamsFromObject({
    ...base(), voteKey: bytes(32, 1), selectionKey: bytes(32, 2), stateProofKey: bytes(64, 3), voteFirst: 1, voteLast: 100000, voteKeyDilution: 316,
  }),
  'key registration, offline': () => algosdk.makeKeyRegistrationTxnWithSuggestedParamsFromObject({ ...base() }),
  'key registration, never again': () => algosdk.makeKeyRegistrationTxnWithSuggestedParamsFromObject({ ...base(), nonParticipation: true }),
  'asset creation': () => algosdk.makeAssetCreateTxnWithSuggestedParamsFromObject({
    ...base(), total: 10n ** 15n, decimals: 6, defaultFrozen: true, unitName: 'GOLD', assetName: 'Gold, fine', assetURL: 'https://gold.example',
    assetMetadataHash: bytes(32, 5), manager: sender, reserve: other, freeze: sender, clawback: other,
  }),
  'asset configuration': () => algosdk.makeAssetConfigTxnWithSuggestedParamsFromObject({ ...base(), assetIndex: 77, manager: other, strictEmptyAddressChecking: false }),
  'asset destruction': () => algosdk.makeAssetDestroyTxnWithSuggestedParamsFromObject({ ...base(), assetIndex: 77 }),
  'asset transfer': () => algosdk.makeAssetTransferTxnWithSuggestedParamsFromObject({ ...base(), receiver: other, amount: 5, assetIndex: 77 }),
  'asset opt-in': () => algosdk.makeAssetTransferTxnWithSuggestedParamsFromObject({ ...base(), receiver: sender, amount: 0, assetIndex: 77 }),
  'asset close-out': () => algosdk.makeAssetTransferTxnWithSuggestedParamsFromObject({ ...base(), receiver: other, amount: 0, assetIndex: 77, closeRemainderTo: other }),
  'asset clawback': () => algosdk.makeAssetTransferTxnWithSuggestedParamsFromObject({ ...base(), receiver: sender, amount: 9, assetIndex: 77, assetSender: other }),
  'asset freeze': () => algosdk.makeAssetFreezeTxnWithSuggestedParamsFromObject({ ...base(), assetIndex: 77, freezeTarget: other, frozen: true }),
  'application creation': () => algosdk.makeApplicationCreateTxnFromObject({
    ...base(), onComplete: algosdk.OnApplicationComplete.OptInOC, approvalProgram: Uint8Array.of(6, 0x81, 1), clearProgram: Uint8Array.of(6, 0x81, 0),
    numLocalInts: 1, numLocalByteSlices: 2, numGlobalInts: 3, numGlobalByteSlices: 4, extraPages: 1,
  }),
  'application call': () => algosdk.makeApplicationNoOpTxnFromObject(app({
    appArgs: [Uint8Array.of(1), bytes(0, 0), bytes(40, 8)], accounts: [other], foreignApps: [5n, 2n ** 63n], foreignAssets: [77],
    boxes: [{ appIndex: 0, name: Uint8Array.of(0x62) }, { appIndex: 5, name: bytes(64, 1) }],
  })),
  'application opt-in': () => algosdk.makeApplicationOptInTxnFromObject(app()),
  'application close-out': () => algosdk.makeApplicationCloseOutTxnFromObject(app()),
  'application clear': () => algosdk.makeApplicationClearStateTxnFromObject(app()),
  'application update': () => algosdk.makeApplicationUpdateTxnFromObject(app({ approvalProgram: Uint8Array.of(6, 0x81, 1), clearProgram: Uint8Array.of(6, 0x81, 1) })),
  'application deletion': () => algosdk.makeApplicationDeleteTxnFromObject(app()),
};

/** Compares with the client's own signing and checks the signature with the client's verifier. */
function same(signed, transaction, key) {
  assert.deepEqual(signed, transaction.signTxn(key));
  const decoded = algosdk.decodeSignedTransaction(signed);
  assert.deepEqual(decoded.txn.toByte(), transaction.toByte());
  assert.ok(verifies(transaction.bytesToSign(), decoded.sig, key.slice(32)), 'the signature does not verify');
  const wrong = Uint8Array.from(decoded.sig);
  wrong[0] ^= 1;
  assert.ok(!verifies(transaction.bytesToSign(), wrong, key.slice(32)), 'the verifier accepts anything');
}

for (const [name, make] of Object.entries(kinds)) {
  test(name, async () => {
    const transaction = make();
    same(await kmd.signTransaction(handle, password, transaction), transaction, pair);
  });
}

test('a group', async () => {
  const group = algosdk.assignGroupID([kinds['payment'](), kinds['application call'](), kinds['asset transfer']()]);
  for (const transaction of group) same(await kmd.signTransaction(handle, password, transaction), transaction, pair);
});

test('a rekeyed account is signed for by another key', async () => {
  const { address } = await kmd.generateKey(handle);
  const key = await exported(kmd, handle, address);
  const transaction = kinds['payment']();
  const signed = await kmd.signTransactionWithSpecificPublicKey(handle, password, transaction, key.slice(32));
  same(signed, transaction, key);
  assert.equal(algosdk.decodeSignedTransaction(signed).sgnr.toString(), address);
  const own = await kmd.signTransactionWithSpecificPublicKey(handle, password, transaction, pair.slice(32));
  assert.equal(algosdk.decodeSignedTransaction(own).sgnr, undefined);
});

test('what is refused', async () => {
  const transaction = kinds['payment']();
  await refused(kmd.signTransaction(handle, 'wrong', transaction), 400, 'error decrypting. wrong password?');
  await refused(kmd.signTransaction(handle, '', transaction), 400, 'error decrypting. wrong password?');
  const foreign = algosdk.makePaymentTxnWithSuggestedParamsFromObject({ sender: other, receiver: other, amount: 1, suggestedParams: network });
  await refused(kmd.signTransaction(handle, password, foreign), 400, 'key does not exist in this wallet');
  await refused(kmd.signTransaction(handle, password, { toByte: () => Uint8Array.of(0x80) }), 400, 'could not decode transaction');
});
