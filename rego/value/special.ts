/** What distinguishes sets, policy-built objects and exact decimals from plain JSON data, in one test. */
export class Special {}
