export * from './document_ids.ts';
export * from './documents.ts';
export * from './trusted.ts';
