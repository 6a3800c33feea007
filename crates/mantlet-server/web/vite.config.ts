import { defineConfig } from 'vite';

// No inlined assets, so that the page lives under a policy of 'self' alone; the
// libraries in a chunk of their own, so that a new page keeps the old libraries cached.
export default defineConfig({
  base: '/',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licences.md' },
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      output: {
        manualChunks: (id: string) => (id.includes('/node_modules/') && !id.includes('pmtiles') ? 'vendor' : undefined),
      },
    },
  },
});
