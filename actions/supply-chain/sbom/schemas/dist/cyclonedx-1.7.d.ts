declare const validate: (document: unknown) => boolean;
export default validate;
