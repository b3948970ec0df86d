module.exports = {
  up: (queryInterface) => queryInterface.removeColumn('users', 'name'),
  down: (queryInterface, { TEXT }) => queryInterface.addColumn('users', 'name', TEXT),
};
