import prettier from "eslint-config-prettier";
import vue from "eslint-plugin-vue";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["dist", "test-results", "playwright-report", "src/api/schema.d.ts"] },
  ts.configs.strict,
  vue.configs["flat/recommended"],
  prettier,
  {
    rules: {
      "max-lines": ["error", 250],
      "vue/component-api-style": ["error", ["script-setup"]],
      "vue/define-emits-declaration": ["error", "type-based"],
      "vue/define-props-declaration": ["error", "type-based"],
      "vue/no-v-html": "error",
      // The policy of the server allows no style attributes in markup; bound ones are set by script.
      "vue/no-static-inline-styles": "error",
    },
  },
  {
    files: ["**/*.vue"],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      "max-lines": ["error", 150],
      // Components render; what they show comes from composables.
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["**/api/client"],
              importNamePattern: "^(call|upload|previewOf)$",
              message: "call the API from a composable",
            },
          ],
        },
      ],
    },
  },
);
